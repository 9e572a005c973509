"""What client and server say to each other, and the manifest that proves completeness.

The manifest lists every chunk with its hash and counts every stream; it is itself hashed as a
chain, so no line can be changed, dropped or swapped unnoticed. Chunk bodies carry no chain: a
body may be deleted on the participant's wish while its hash stays.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from tracker_app.allocation import Design
from tracker_app.decoding import decodable
from tracker_app.records import FORMAT_VERSION

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
SESSION_ID = re.compile(rf"(?:sim_)?{_UUID}")
HASH_HEADER = "X-Content-SHA256"
MAX_BODY_BYTES = 1_000_000
MAX_PLACE_BYTES = 5_000_000  # the largest design, with names of every length
MAX_MANIFEST_BYTES = 8_000_000  # some 30,000 chunks: two days of recording


@decodable
class ChunkLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One chunk of a manifest: its number, hash and how many records of each stream it holds."""

    seq: _Count
    sha256: _Hash
    counts: dict[str, _Count]


@decodable
class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a finished session consists of."""

    format: int
    session_id: _Name
    chunks: list[ChunkLine]
    counts: dict[str, _Count]
    redacted: dict[str, _Count]
    chain: _Hash


def make_manifest(session_id: str, chunks: Iterable[ChunkLine]) -> Manifest:
    """The manifest of these chunks, in order of their numbers."""
    lines = sorted(chunks, key=lambda line: line.seq)
    return Manifest(FORMAT_VERSION, session_id, lines, total_counts(lines), {}, _chain(lines))


def total_counts(lines: Iterable[ChunkLine]) -> dict[str, int]:
    """How many records of each stream the chunks hold together."""
    totals: dict[str, int] = {}
    for line in lines:
        for stream, n in line.counts.items():
            totals[stream] = totals.get(stream, 0) + n
    return dict(sorted(totals.items()))


def is_consistent(manifest: Manifest) -> bool:
    """Whether counts and chain agree with the lines."""
    lines = manifest.chunks
    return (
        manifest.counts == total_counts(lines)
        and manifest.chain == _chain(lines)
        and [line.seq for line in lines] == list(range(len(lines)))
    )


def _chain(lines: Iterable[ChunkLine]) -> str:
    link = hashlib.sha256(b"").digest()
    for line in lines:
        link = hashlib.sha256(link + msgspec.json.encode(line, order="sorted")).digest()
    return link.hex()


@decodable
class EnrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client asks to send one session."""

    code: _Name
    session_id: _Name
    study_id: _Name
    study_sha256: _Name


@decodable
class EnrolAnswer(msgspec.Struct, frozen=True):
    """The token that writes this one session, and nothing else."""

    token: str


@decodable
class PlaceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session asks what it is to show; the server knows what the others have."""

    design: Design
    participant_id: _Name
    reservation_s: Annotated[int, msgspec.Meta(ge=1, le=2_592_000)]
    sessions_per_person: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    is_counted: bool  # in quotas; a pilot's or a playing program's is not


@decodable
class PlaceAnswer(msgspec.Struct, frozen=True):
    """What was drawn; or that the study is full, or this person had their share of it."""

    outcome: Literal["drawn", "full", "capped"]
    cells: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    times: int = 0  # that this person took part, if that is why


@decodable
class BatchAnswer(msgspec.Struct, frozen=True):
    """A chunk is stored; so is every chunk up to `acked_through`, -1 for none."""

    seq: int
    acked_through: int


@decodable
class SessionStatus(msgspec.Struct, frozen=True):
    """What the server has of a session. `is_complete` needs a manifest and everything in it."""

    session_id: str
    chunks: int
    has_manifest: bool
    is_complete: bool
    missing: list[int]


@decodable
class Refusal(msgspec.Struct, frozen=True):
    """Why a request was refused, in one sentence."""

    error: str
