"""The PIN that keeps the operator's window from participants at the same computer.

Only its hash is stored. It keeps curious hands off, not a thief: whoever holds the computer holds
the data, and short PINs can be guessed at leisure.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

import msgspec

from tracker_app.decoding import decodable
from tracker_app.errors import OperatorError

MIN_LENGTH = 4
# A tenth of a second and 16 MB (RFC 7914).
COST, BLOCK, PARALLEL = 2**14, 8, 1


@decodable
class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    salt: bytes
    hash: bytes


class OperatorPin:
    """The PIN of this machine, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_chosen(self) -> bool:
        """Whether there is a PIN already."""
        return self._path.exists()

    def choose(self, pin: str) -> None:
        """Set the PIN.

        Raises:
            OperatorError: if it is too short or cannot be stored.
        """
        if len(pin) < MIN_LENGTH:
            raise OperatorError(f"Choose a PIN of at least {MIN_LENGTH} characters.")
        salt = secrets.token_bytes(16)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(msgspec.json.encode(_Stored(salt, _hash(pin, salt))))
            self._path.chmod(0o600)
        except OSError as error:
            raise OperatorError(f"{self._path} cannot be written: {error.strerror}.") from error

    def matches(self, pin: str) -> bool:
        """Whether this is the PIN.

        Raises:
            OperatorError: if the file is damaged.
        """
        try:
            stored = msgspec.json.decode(self._path.read_bytes(), type=_Stored)
        except (OSError, msgspec.DecodeError) as error:
            raise OperatorError(
                f"The operator's PIN in {self._path} cannot be read. Delete the file to choose a "
                "new one."
            ) from error
        return hmac.compare_digest(_hash(pin, stored.salt), stored.hash)


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL)
