import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import records as record_strategy
from tracker_app.codec import Entry
from tracker_app.dataset.dictionary import dictionary
from tracker_app.dataset.tables import stream_entries, stream_table
from tracker_app.errors import DamagedRecordError
from tracker_app.records import RECORD_TYPES, FlowStep, Record


@pytest.mark.parametrize("stream", RECORD_TYPES)
@settings(max_examples=40)
@given(data=st.data())
def test_a_table_gives_back_the_entries_it_was_made_from(stream: str, data: st.DataObject) -> None:
    records: list[Record] = data.draw(st.lists(record_strategy(RECORD_TYPES[stream]), max_size=4))
    entries = [Entry(2, stream, 7 + i, record) for i, record in enumerate(records)]
    assert stream_entries(stream_table(stream, entries, {})) == entries


def test_columns_have_true_types_units_and_descriptions() -> None:
    schema = stream_table("gaze", [], {"is_simulated": "true"}).schema
    assert schema.field("t_ns").type == pa.int64()
    assert schema.field("x_px").type == pa.float64()
    assert schema.field("x_px").nullable
    assert not schema.field("t_ns").nullable
    assert schema.field("x_px").metadata[b"unit"] == b"px"
    assert schema.field("x_px").metadata[b"step"] == b"0.1"
    assert b"None while the eyes cannot be seen" in schema.field("x_px").metadata[b"description"]
    assert schema.field("provenance").metadata[b"values"] == b"camera simulated"
    assert schema.metadata[b"is_simulated"] == b"true"
    layout = stream_table("layout", [], {}).schema
    assert layout.field("left").type == pa.list_(pa.float64())
    assert layout.field("start").type == pa.list_(pa.int64())


def test_every_number_of_the_dictionary_has_a_unit() -> None:
    fields = [f for stream in dictionary().values() for f in stream.fields]
    assert len(dictionary()) == len(RECORD_TYPES)
    assert all(f.unit for f in fields if f.kind in ("int", "float", "floats"))


def test_a_table_of_someone_else_is_refused() -> None:
    with pytest.raises(DamagedRecordError, match="not ours"):
        stream_entries(pa.table({"a": [1]}))


def test_a_row_that_is_not_a_record_is_refused() -> None:
    table = stream_table(
        "flow", [Entry(0, "flow", 0, FlowStep(t_ns=1, step="talk", task=1, event="done"))], {}
    )
    with pytest.raises(DamagedRecordError, match="stream flow"):
        stream_entries(table.drop(["step"]))
