"""The keys of models. Files have only their names."""

import os

from tracker_app.settings import APP_NAME


def find_key(name: str) -> str | None:
    """A key from the system keyring, or from the environment where there is none."""
    return _from_keyring(name) or os.environ.get(variable_of(name))


def variable_of(name: str) -> str:
    """The environment's variable that holds a key."""
    return f"TRACKER_KEY_{name.upper()}"


def _from_keyring(name: str) -> str | None:
    try:
        import keyring  # a server has none
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(APP_NAME, name)
    except KeyringError:
        return None
