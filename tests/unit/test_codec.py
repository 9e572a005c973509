import gzip
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sessions import layout_of, message_of
from tests.strategies import records as record_strategy
from tracker_app.codec import (
    Entry,
    decode_batch,
    decode_chunk,
    encode_batch,
    encode_chunk,
    inflate,
    join_parts,
    split_large,
)
from tracker_app.errors import DamagedRecordError
from tracker_app.records import (
    RECORD_TYPES,
    GazeProvenance,
    GazeSample,
    MouseEvent,
    MouseKind,
    Record,
    TokenArrival,
    field_types,
    stream_of,
)


@pytest.mark.parametrize("record_type", RECORD_TYPES.values(), ids=RECORD_TYPES)
@given(data=st.data())
def test_decoding_what_was_encoded_gives_the_same_records(
    record_type: type[Record], data: st.DataObject
) -> None:
    records = data.draw(st.lists(record_strategy(record_type), min_size=1, max_size=5))
    entries = decode_chunk(encode_chunk([encode_batch(records, segment=3, first=7)]))
    assert [e.record for e in entries] == records
    assert [e.key for e in entries] == [
        (3, stream_of(record_type), 7 + i) for i in range(len(records))
    ]


def _token(t_ns: int = 5, end: int = 1) -> TokenArrival:
    return TokenArrival(t_ns=t_ns, message_id="t0r1", end=end)


def _gaze(x_px: float | None) -> GazeSample:
    return GazeSample(
        t_ns=1,
        frame=1,
        model=0,
        x_px=x_px,
        y_px=2.0,
        corrected_x_px=None,
        corrected_y_px=None,
        filtered_x_px=None,
        filtered_y_px=None,
        sd_x_px=None,
        sd_y_px=None,
        correlation=None,
        confidence=0.5,
        is_pose_in_range=True,
        is_off_window=False,
        provenance=GazeProvenance.CAMERA,
    )


def test_numbers_are_rounded_to_their_step_when_the_record_is_made() -> None:
    assert _gaze(100.0 / 3).x_px == 33.3


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_record_refuses_numbers_that_are_not_finite(bad: float) -> None:
    with pytest.raises(ValueError, match="missing is None"):
        _gaze(bad)


def test_a_layout_whose_tuples_do_not_fit_together_is_refused() -> None:
    raw = encode_batch([layout_of("m", "two words", 400)], 0, 0)
    whole = msgspec.json.decode(raw)
    assert decode_batch(raw)
    for column, sentence in {
        "height": "one entry a box",
        "cluster_width": "one entry a cluster",
        "overhang_top": "one entry a piece",
        "end": "as long as its boxes",
    }.items():
        values = whole["columns"][column][0]
        ragged = {
            **whole["columns"],
            column: [[*values[:-1], 9] if column == "end" else [*values, 9]],
        }
        with pytest.raises(DamagedRecordError, match=sentence):
            decode_batch(msgspec.json.encode({**whole, "columns": ragged}))


def test_every_stored_number_has_a_unit() -> None:
    for record_type in RECORD_TYPES.values():
        assert field_types(record_type)


def _with(**changes: Any) -> bytes:
    batch = msgspec.json.decode(encode_batch([_token(5), _token(6, 2)], 0, 0))
    batch.update({k: v for k, v in changes.items() if k != "columns"})
    batch["columns"].update(changes.get("columns", {}))
    return msgspec.json.encode(batch)


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": "nonsense"},
        {"n": 3},
        {"first": -1},
        {"first": 10**23},
        {"extra": 1},
        {"columns": {"end": [1]}},
        {"columns": {"end": [1, 2.5]}},
        {"columns": {"end": [1, "2"]}},
        {"columns": {"end": [1, True]}},
        {"columns": {"end": [1, None]}},
        {"columns": {"end": [1, 10**23]}},
        {"columns": {"end": [1, -5]}},
        {"columns": {"message_id": ["a", 3]}},
        {"columns": {"surprise": [1, 1]}},
    ],
)
def test_a_batch_that_is_not_ours_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DamagedRecordError):
        decode_batch(_with(**changes))


def test_numbers_too_large_for_json_are_refused() -> None:
    raw = encode_batch([_gaze(1.0)], 0, 0).replace(b'"x_px":[10]', b'"x_px":[1e999]')
    assert b"1e999" in raw
    with pytest.raises(DamagedRecordError):
        decode_batch(raw)


def test_a_gzip_bomb_is_refused_without_being_inflated() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with pytest.raises(DamagedRecordError, match="larger"):
        inflate(bomb)


@pytest.mark.parametrize("cut", [0, 1, 20, -1])
def test_a_chunk_cut_short_is_refused(cut: int) -> None:
    body = encode_chunk([encode_batch([_token()], 0, 0)])
    with pytest.raises(DamagedRecordError):
        decode_chunk(body[:cut])


def test_bytes_after_a_chunk_are_refused() -> None:
    body = encode_chunk([encode_batch([_token()], 0, 0)])
    with pytest.raises(DamagedRecordError, match="after its end"):
        decode_chunk(body + b"x")


def test_a_newer_format_is_refused() -> None:
    body = gzip.compress(b'{"format":99,"batches":[]}')
    with pytest.raises(DamagedRecordError, match="format 99"):
        decode_chunk(body)


def test_equal_records_make_equal_bytes() -> None:
    batch = encode_batch([_token()], 0, 0)
    assert encode_chunk([batch]) == encode_chunk([batch])


def test_a_large_record_survives_being_split() -> None:
    record = message_of("t0r1", 'grüße 👩‍👩‍👧 "quoted" ' * 20_000)
    parts = split_large(record, index=4)
    assert len(parts) > 1
    entries = decode_chunk(encode_chunk([encode_batch(parts, 2, 0)]))
    assert join_parts(entries) == [Entry(2, "message", 4, record)]


def test_a_small_record_is_not_split() -> None:
    assert split_large(message_of("t0r1", "short"), index=0) == []


def test_a_large_record_that_lost_a_part_is_refused() -> None:
    entries = [
        Entry(0, "part", i, part)
        for i, part in enumerate(split_large(message_of("t0r1", "x" * 500_000), index=0))
    ]
    with pytest.raises(DamagedRecordError, match="lost a part"):
        join_parts(entries[:-1])


def test_a_mouse_event_costs_few_bytes() -> None:
    moves: list[Record] = [
        MouseEvent(
            t_ns=1_000_000_000 + i * 8_000_123,
            received_t_ns=1_000_000_000 + i * 8_000_000,
            kind=MouseKind.MOVE,
            is_inside=True,
            x_px=100.0 + i % 50,
            y_px=200.0 + i % 30,
            button=None,
            wheel_x=None,
            wheel_y=None,
        )
        for i in range(600)
    ]
    assert len(encode_chunk([encode_batch(moves, 0, 0)])) / len(moves) < 12
