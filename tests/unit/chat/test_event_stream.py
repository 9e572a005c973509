from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.chat.event_stream import EventSplitter
from tracker_app.errors import ProviderError

LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def _split(raw: bytes, size: int) -> list[str]:
    splitter = EventSplitter()
    blocks = [raw[i : i + size] for i in range(0, len(raw), size)]
    return [data for block in blocks for data in splitter.feed(block)] + splitter.end()


@given(
    events=st.lists(st.lists(LINES, min_size=1, max_size=3), max_size=5),
    size=st.integers(1, 7),
    line_end=st.sampled_from(["\n", "\r\n"]),
    space=st.sampled_from(["", " "]),
)
def test_events_survive_any_split_of_the_bytes(
    events: list[list[str]], size: int, line_end: str, space: str
) -> None:
    raw = ""
    for lines in events:
        raw += f": comment{line_end}event: piece{line_end}"
        raw += "".join(f"data:{space}{line}{line_end}" for line in lines) + line_end
    expected = ["\n".join(lines) for lines in events]
    if not space:  # then a space of the text itself is taken for it
        expected = ["\n".join(x.removeprefix(" ") for x in lines) for lines in events]
    assert _split(raw.encode(), size) == [data for data in expected if data]


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_do_more_than_fail(raw: bytes, size: int) -> None:
    with suppress(ProviderError):
        assert all(_split(raw, size))


@pytest.mark.parametrize(
    "raw",
    [b": ping\n\n", b"event: ping\ndata: {}\n\n", b"data:\n\n", b"data: \n\n", b"\n\n\n", b"id: 1"],
)
def test_what_says_nothing_is_no_event(raw: bytes) -> None:
    assert _split(raw + b"data: x\n\n" if raw.endswith(b"\n") else raw, 5) in (["x"], [])


def test_a_last_event_needs_no_empty_line_but_a_whole_line() -> None:
    assert _split(b"data: a\n\ndata: b\n", 3) == ["a", "b"]
    assert _split(b"data: a\n\ndata: b", 3) == ["a"]


@pytest.mark.parametrize("raw", [b"data: caf\xe9\n\n", b"data: \xed\xa0\x80\n\n"])
def test_what_is_not_utf_8_is_refused(raw: bytes) -> None:
    with pytest.raises(ProviderError, match="unreadable"):
        _split(raw, 4)


@pytest.mark.parametrize("block", [b"x" * 100_000, b"data: " + b"x" * 99_000 + b"\n"])
def test_an_event_without_end_does_not_fill_the_memory(block: bytes) -> None:
    with pytest.raises(ProviderError, match="unreadable"):
        _split(block * 100, len(block))
