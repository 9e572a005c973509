"""What differs between machines and labs, read once from TOML and the environment.

What differs between studies is in the study file; keys are in the system keyring.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

from tracker_app.decoding import decodable
from tracker_app.errors import SettingsError

APP_NAME = "tracker-app"


@decodable
class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of this machine. Every field can also be given as `TRACKER_<FIELD>`."""

    data_dir: Path = msgspec.field(
        default_factory=lambda: platformdirs.user_data_path(APP_NAME, appauthor=False)
    )
    camera: str = "0"  # device number, file, URL or "portrait"
    camera_loops: bool = False  # whether a video file begins again at its end
    face_model: Path | None = None  # None: the one that ships with the application
    screen_width_mm: float | None = None  # where the monitor does not tell, or lies
    server_url: str | None = None  # None: what the study file says
    server_code: str | None = None  # enrolment code

    def described(self) -> dict[str, str]:
        """The settings as text, for the session's first record. The code is a secret: left out."""
        values = msgspec.structs.asdict(self)
        return {k: str(v) for k, v in values.items() if v is not None and k != "server_code"}


def settings_path() -> Path:
    """Where the settings file is looked for when none is named."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False) / "settings.toml"


def load_settings(
    path: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Read settings: the environment wins over the file, the file over the defaults.

    Args:
        path: a settings file that must exist; None reads the user's own if there is one.
        environment: where `TRACKER_*` variables are taken from.

    Raises:
        SettingsError: in one sentence, if the file cannot be read or says something unknown.
    """
    values: dict[str, object] = {}
    source = path or settings_path()
    if path is not None or source.exists():
        values.update(_read_toml(source))
    for name in Settings.__struct_fields__:
        if (value := environment.get(f"TRACKER_{name.upper()}")) is not None:
            values[name] = value
    try:
        # Path is the only type that msgspec does not know.
        return msgspec.convert(values, Settings, strict=False, dec_hook=lambda kind, v: kind(v))
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"A setting in {source} or in the environment (TRACKER_...) is wrong: {error}."
        ) from error


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be read: {error.strerror}."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from error
