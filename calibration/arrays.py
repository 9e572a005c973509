"""Reads an .npz file of numbers, whatever is wrong with it; never a pickle."""

import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.errors import UnreadableArraysError

# zipfile raises RuntimeError where damage reads as a password or an unknown way of packing; numpy
# reads each array's shape and type as Python text.
_UNREADABLE = (
    OSError, ValueError, KeyError, EOFError, RuntimeError, MemoryError, TypeError, SyntaxError,
    tokenize.TokenError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of the file by name.

    Raises:
        UnreadableArraysError: if it is missing, damaged or no such file.
    """
    try:
        # Opened here, as numpy leaves a file that is no archive open.
        with path.open("rb") as file, np.lib.npyio.NpzFile(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except _UNREADABLE as error:
        raise UnreadableArraysError(f"{path} cannot be read as an .npz file.") from error
