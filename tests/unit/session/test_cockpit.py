import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collection import gaze
from tests.strategies import records
from tracker_app.records import (
    RECORD_TYPES,
    FormAnswer,
    Message,
    MouseEvent,
    MouseKind,
    Record,
    Turn,
)
from tracker_app.session.cockpit import described, last_rows, sent_by


def _mouse(kind: MouseKind, *, is_inside: bool = True) -> MouseEvent:
    return MouseEvent(
        t_ns=5,
        received_t_ns=6,
        kind=kind,
        is_inside=is_inside,
        x_px=12.3 if is_inside else None,
        y_px=45.6 if is_inside else None,
        button=None,
        wheel_x=None,
        wheel_y=None,
    )


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (gaze(0), "Your eyes were at 902, 493."),
        (gaze(9), "Your eyes could not be seen."),
        (_mouse(MouseKind.MOVE), "The mouse moved to 12, 46."),
        (
            _mouse(MouseKind.PRESS, is_inside=False),
            "The mouse was used outside this window; where is not recorded.",
        ),
        (
            Turn(t_ns=1, turn=0, task=1, question="secret", opener=""),
            "You sent a question of 6 characters.",
        ),
    ],
)
def test_a_record_is_told_in_one_sentence(record: Record, sentence: str) -> None:
    assert described(record) == sentence


@given(st.one_of([records(t) for t in RECORD_TYPES.values()]))
def test_every_record_can_be_told(record: Record) -> None:
    assert described(record).pattern.endswith(".")


@given(st.one_of([records(t) for t in (Turn, Message, FormAnswer)]), st.text("Ω", min_size=3))
def test_no_text_of_a_participant_or_a_model_is_repeated(record: Record, text: str) -> None:
    written = {
        name: text
        for name in ("question", "opener", "raw", "displayed", "value", "field")
        if hasattr(record, name)
    }
    changed = type(record)(**{n: getattr(record, n) for n in record.__struct_fields__} | written)
    assert text not in described(changed)


def test_the_last_rows_are_the_newest_of_each_stream_newest_first() -> None:
    rows = last_rows([gaze(3), _mouse(MouseKind.WHEEL)], limit=8)
    assert [row.stream for row in rows] == ["gaze", "mouse"]
    assert rows[1].says == "The wheel was turned at 12, 46."
    assert len(last_rows([gaze(3), _mouse(MouseKind.MOVE)], limit=1)) == 1


def test_without_an_uploader_nothing_was_sent() -> None:
    assert (sent_by(None).chunks, sent_by(None).bytes) == (0, 0)
