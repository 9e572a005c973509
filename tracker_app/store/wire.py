"""What client and server say to each other, and the manifest that proves a session complete.

The manifest lists every sealed chunk with its hash and counts every stream. Its head is a chain of
hashes over that list, so one line of text vouches for the whole session; the chunks themselves
carry no chain, so that a chunk may be deleted while the proof of the rest still holds.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated

import msgspec

from tracker_app.records import FORMAT_VERSION

MAX_BODY_BYTES = 1_000_000
MAX_INFLATED_BYTES = 8_000_000
MAX_CHUNK_RECORDS = 50_000  # a client seals far below it; a hostile chunk costs 30 MB, not 300
MAX_MANIFEST_BYTES = 8_000_000  # about 80,000 chunks, four days of recording
MAX_ENROL_BYTES = 16_000
MAX_LISTED_CHUNKS = 1_000
CHUNK_TYPE = "application/gzip"
JSON_TYPE = "application/json"
SHA256_HEADER = "X-Content-Sha256"

# Playing (simulated) sessions carry a prefix, so that nobody takes them for people.
SESSION_ID_PATTERN = r"^(sim_)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

SessionId = Annotated[str, msgspec.Meta(pattern=SESSION_ID_PATTERN)]
Label = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
Secret = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{1,200}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One body of a request or an answer."""


class EnrolRequest(_Message, frozen=True):
    """Ask for a session's token.

    `secret` is made by the client and kept: asking again with it, after a lost answer or an
    expired token, gives a new token without using the code a second time.
    """

    code: Secret
    session_id: SessionId
    participant_id: Label
    study_id: Label
    secret: Secret


class EnrolAnswer(_Message, frozen=True):
    """A token that may only write to this session."""

    session_id: str
    token: str
    expires_utc_s: int


class BatchAnswer(_Message, frozen=True):
    """The chunk is on the server's disk. Every chunk up to `acked_through` is (-1: none)."""

    seq: int
    acked_through: int


class ManifestChunk(_Message, frozen=True):
    """One sealed chunk: its number, the hash of its bytes and how many records it holds."""

    seq: Number
    sha256: Sha256
    n: Number


class Manifest(_Message, frozen=True):
    """Everything a client recorded in a session, written when the session ends."""

    format: int
    session_id: str
    chunks: list[ManifestChunk]
    streams: dict[str, Number]  # records in the chunks, as stored (parts count as parts)
    redacted: dict[str, Number]  # records deleted on the participant's wish
    head: Sha256

    @property
    def is_consistent(self) -> bool:
        """Whether the head belongs to the content and the counts to each other."""
        return (
            self.head == chain(self.session_id, self.chunks, self.streams, self.redacted)
            and sum(c.n for c in self.chunks) == sum(self.streams.values())
            and [c.seq for c in self.chunks] == list(range(len(self.chunks)))
        )


class ManifestAnswer(_Message, frozen=True):
    """What the server has of a session, compared with the client's manifest."""

    complete: bool
    has_manifest: bool
    chunks: int  # stored
    missing: list[int]  # numbers of chunks, the first `MAX_LISTED_CHUNKS`
    differing: list[int]  # stored with other bytes than the manifest says
    unexpected: list[int]  # stored but not in the manifest


def chain(
    session_id: str,
    chunks: Iterable[ManifestChunk],
    streams: Mapping[str, int],
    redacted: Mapping[str, int],
) -> str:
    """The manifest's head: each line is hashed together with the hash of all before it."""
    head = hashlib.sha256(f"{FORMAT_VERSION} {session_id}".encode()).digest()
    for chunk in chunks:
        line = f"{chunk.seq} {chunk.sha256} {chunk.n}".encode()
        head = hashlib.sha256(head + line).digest()
    counts = msgspec.json.encode([sorted(streams.items()), sorted(redacted.items())])
    return hashlib.sha256(head + counts).hexdigest()


def make_manifest(
    session_id: str,
    chunks: list[ManifestChunk],
    streams: Mapping[str, int],
    redacted: Mapping[str, int],
) -> Manifest:
    """The manifest of a session's chunks, in the order of their numbers."""
    return Manifest(
        format=FORMAT_VERSION,
        session_id=session_id,
        chunks=chunks,
        streams=dict(sorted(streams.items())),
        redacted=dict(sorted(redacted.items())),
        head=chain(session_id, chunks, streams, redacted),
    )


def compare(
    manifest: Manifest | None, stored: Mapping[int, str], streams: Mapping[str, int]
) -> ManifestAnswer:
    """Whether what is stored is exactly what the client says it recorded.

    Args:
        manifest: the client's, None where it has not come yet.
        stored: hash of each stored chunk by its number.
        streams: records stored, by stream.
    """
    expected = {c.seq: c.sha256 for c in manifest.chunks} if manifest else {}
    missing = sorted(expected.keys() - stored.keys())
    differing = sorted(s for s in expected.keys() & stored.keys() if expected[s] != stored[s])
    unexpected = sorted(stored.keys() - expected.keys()) if manifest else []
    is_complete = (
        manifest is not None
        and not (missing or differing or unexpected)
        and Counter(streams) == Counter(manifest.streams)
    )
    return ManifestAnswer(
        complete=is_complete,
        has_manifest=manifest is not None,
        chunks=len(stored),
        missing=missing[:MAX_LISTED_CHUNKS],
        differing=differing[:MAX_LISTED_CHUNKS],
        unexpected=unexpected[:MAX_LISTED_CHUNKS],
    )
