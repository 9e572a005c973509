"""Makes message types safe to decode in several threads.

msgspec reads a type's fields when it first decodes one. Two threads that do so at once crash the
process (msgspec 0.22: reproduced in `tests/unit/test_decoding.py`), and ours decode in threads: two
answers that begin to arrive, two clients that send. So every type's fields are read when it is
defined.
"""

from typing import TypeVar

import msgspec

_T = TypeVar("_T")


def decodable(kind: type[_T]) -> type[_T]:
    """Read a type's fields now; decorates every `msgspec.Struct` of ours."""
    msgspec.json.Decoder(kind)
    return kind
