import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collection import gaze, token
from tests.fakes import FakeClock
from tests.sessions import message_of
from tests.strategies import records as record_strategy
from tracker_app.codec import Entry, decode_batch, decode_chunk, encode_batch, join_parts
from tracker_app.recording.fragments import FragmentEncoder, seal
from tracker_app.records import RECORD_TYPES, Gap, Record, stream_of


def _entries(encoder: FragmentEncoder, appended: list[tuple[Record, int]]) -> list[Entry]:
    return [e for f in encoder.encode(appended) for e in decode_batch(f.body)]


def test_indexes_count_per_segment_and_stream() -> None:
    encoder = FragmentEncoder(FakeClock())
    first = _entries(encoder, [(gaze(0), 0), (token(0), 0), (gaze(1), 0), (gaze(2), 1)])
    again = _entries(encoder, [(gaze(3), 0), (gaze(4), 1)])
    assert [e.key for e in first + again] == [
        (0, "gaze", 0),
        (0, "gaze", 1),
        (0, "token", 0),
        (1, "gaze", 0),
        (0, "gaze", 2),
        (1, "gaze", 1),
    ]


def test_large_records_between_small_ones_keep_their_place() -> None:
    records: list[Record] = [
        message_of("t0r1", "a"),
        message_of("t0r1", "b" * 900_000),
        message_of("t0r1", "c"),
    ]
    fragments = FragmentEncoder(FakeClock()).encode([(r, 2) for r in records])
    entries = join_parts(e for f in fragments for e in decode_batch(f.body))
    ordered = sorted(entries, key=lambda e: e.key)
    assert ordered == [Entry(2, "message", i, r) for i, r in enumerate(records)]
    assert max(len(f.body) for f in fragments) < 300_000


def test_a_record_that_cannot_be_read_back_is_left_out_and_counted() -> None:
    unreadable = msgspec.structs.replace(token(1), end="ten")
    surrogate = msgspec.structs.replace(token(1), message_id="\ud800")
    appended: list[tuple[Record, int]] = [
        (token(0), 0),
        (unreadable, 0),
        (surrogate, 0),
        (token(2), 0),
    ]
    entries = _entries(FragmentEncoder(FakeClock()), appended)
    kept = [(e.index, e.record) for e in entries if e.stream == "token"]
    assert kept == [(0, token(0)), (1, token(2))]
    (gap,) = (e.record for e in entries if isinstance(e.record, Gap))
    assert (gap.source, gap.lost) == ("token", 2)


@pytest.mark.parametrize("record_type", RECORD_TYPES.values(), ids=RECORD_TYPES)
@given(data=st.data())
def test_sealing_keeps_every_record(record_type: type[Record], data: st.DataObject) -> None:
    runs = data.draw(
        st.lists(
            st.lists(record_strategy(record_type), min_size=1, max_size=4), min_size=1, max_size=4
        )
    )
    bodies: list[bytes] = []
    expected: list[Entry] = []
    for run in runs:
        first = len(expected)
        bodies.append(encode_batch(run, 1, first))
        expected += [Entry(1, stream_of(r), first + i, r) for i, r in enumerate(run)]
    assert decode_chunk(seal(bodies)) == expected


def test_batches_that_do_not_follow_one_another_stay_apart() -> None:
    bodies = [encode_batch([token(i)], 0, first) for i, first in enumerate([0, 1, 3])]
    assert [e.index for e in decode_chunk(seal(bodies))] == [0, 1, 3]


def test_sealing_joins_columns_to_save_bytes() -> None:
    bodies = [encode_batch([gaze(i), gaze(i + 1)], 0, i) for i in range(0, 100, 2)]
    assert len(seal(bodies)) / 100 < 12
