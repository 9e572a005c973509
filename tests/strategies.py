"""Hypothesis strategies for every record type, read off the types themselves."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from tracker_app.records import Record

FLOATS = st.floats(-1e6, 1e6, allow_nan=False)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def _scalar(annotation: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    if isinstance(annotation, msgspec.inspect.NoneType):
        return st.none()
    if isinstance(annotation, msgspec.inspect.IntType):
        low = -(2**62) if annotation.ge is None else annotation.ge
        return st.integers(low, 2**62 if annotation.le is None else annotation.le)
    if isinstance(annotation, msgspec.inspect.FloatType):
        return FLOATS
    if isinstance(annotation, msgspec.inspect.BoolType):
        return st.booleans()
    if isinstance(annotation, msgspec.inspect.StrType):
        return TEXT
    if isinstance(annotation, msgspec.inspect.EnumType):
        return st.sampled_from(list(annotation.cls))
    raise AssertionError(f"no strategy for {annotation}")


def _field(annotation: msgspec.inspect.Type) -> st.SearchStrategy[Any]:
    if isinstance(annotation, msgspec.inspect.Metadata):
        return _field(annotation.type)
    if isinstance(annotation, msgspec.inspect.UnionType):
        return st.one_of([_field(t) for t in annotation.types])
    if isinstance(annotation, msgspec.inspect.VarTupleType):
        return st.lists(_field(annotation.item_type), max_size=5).map(tuple)
    if isinstance(annotation, msgspec.inspect.ListType):
        return st.lists(_field(annotation.item_type), max_size=3)
    if isinstance(annotation, msgspec.inspect.DictType):
        keys, values = _field(annotation.key_type), _field(annotation.value_type)
        return st.dictionaries(keys, values, max_size=3)
    return _scalar(annotation)


def records(record_type: type[Record]) -> st.SearchStrategy[Record]:
    """Valid records of one type, with every field drawn over its whole range."""
    info = msgspec.inspect.type_info(record_type)
    assert isinstance(info, msgspec.inspect.StructType)
    fields = {f.name: _field(f.type) for f in info.fields}
    return st.fixed_dictionaries(fields).map(lambda values: record_type(**_agreeing(values)))


def _agreeing(values: dict[str, Any]) -> dict[str, Any]:
    """Fields that must agree with one another do."""
    if "choice" in values:  # a side is preferred exactly where one is better
        side = (values["preferred_side"] or 1) if values["choice"].has_side else None
        return {**values, "preferred_side": side}
    return _parallel(values)


def _parallel(values: dict[str, Any]) -> dict[str, Any]:
    """The tuples of a record are parallel, so all are cut to the shortest."""
    lengths = [len(v) for v in values.values() if isinstance(v, tuple)]
    cut = {k: v[: min(lengths)] if isinstance(v, tuple) else v for k, v in values.items()}
    return {**cut, **_boxes_of_one_cluster(cut)} if "cluster_length" in cut else cut


def _boxes_of_one_cluster(values: dict[str, Any]) -> dict[str, Any]:
    """A layout's clusters are as long as its boxes: here each box has one."""
    start = tuple(s % 2**61 for s in values["start"])
    length = tuple(n % 6 for n in values["cluster_length"])
    end = tuple(s + n for s, n in zip(start, length, strict=True))
    return {"start": start, "end": end, "cluster_length": length}
