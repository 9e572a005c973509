"""Files of any kind, and anything that fingers can do to a study file."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker_app.errors import StudyFileError
from tracker_app.study.example import example
from tracker_app.study.reading import examine, load_study, parse_study
from tracker_app.study.study import Study

TEXT = example()


def _said(raw: bytes) -> list[str]:
    return [f"{mistake.line}: {mistake}" for mistake in examine(raw).mistakes]


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(TEXT.encode())
    first = load_study(path)
    assert first == load_study(path) == examine(TEXT.encode()).study
    assert parse_study(TEXT.encode() + b"\n", "x").sha256 != first.sha256


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match="cannot be read"):
        load_study(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "the file is empty; `tracker-app init-study` writes"),
        (b"\n# only this\n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "this is no text file"),
        (bytes(range(1, 256)), "this is no text file"),
        (TEXT.encode("utf-16"), 'the file is saved as UTF-16; save it again as "UTF-8"'),
        (TEXT.replace("Night trains return", "Züge").encode("latin-1"), 'as "ü" shows here'),
        (TEXT.replace("\n", "\r").encode(), "the line ends are those of old Macs"),
        (b"<study/>", "this is no TOML file"),
        (b"a = " + b"[" * 5000, "lists or tables stand in each other too often"),
    ],
)
def test_a_file_of_another_kind_is_one_mistake(raw: bytes, said: str) -> None:
    found = _said(raw)
    assert len(found) == 1, found
    assert said in found[0]


def test_tabs_windows_line_ends_and_a_byte_order_mark_are_no_mistakes() -> None:
    written_elsewhere = TEXT.replace(" = ", "\t=\t").replace("\n", "\r\n")
    assert parse_study(b"\xef\xbb\xbf" + written_elsewhere.encode(), "x").minutes == 20
    mistaken = written_elsewhere.replace("minutes\t=\t20", "minutes\t=\t0")
    assert _said(mistaken.encode()) == ["14: minutes: must be from 1 to 600; 0 stands there"]


def _is_read_or_refused(raw: bytes) -> None:
    """A study, or an error with at least one line; nothing else."""
    try:
        assert isinstance(parse_study(raw, "s.toml"), Study)
    except StudyFileError as error:
        _, *lines = str(error).split("\n")
        assert lines
        assert all(re.match(r"s\.toml:\d+: \S", line) for line in lines), lines


def test_a_key_that_could_not_be_seen_is_named_in_quotes() -> None:
    found = _said(f"' ' = 0\n{TEXT}".encode())
    assert len(found) == 1
    assert found[0].startswith('1: " ": is not known at the top of the file')


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    _is_read_or_refused(raw)


@given(st.text(alphabet="ab=[]{}\"'#,.\\\n\t 01-:“é", max_size=60))
@settings(max_examples=300)
def test_anything_like_toml_is_read_or_refused(text: str) -> None:
    _is_read_or_refused(text.encode())


PIECES = [
    *"\"'[]{}=,#\\\n\t .0a\x00\r",
    "é",
    "“",
    "\u00a0",
    '"""',
    "[[",
    "]]",
    "\n[talk]\n",
    "true",
]
CHANGE = st.tuples(
    st.integers(0, 20_000), st.integers(0, 40), st.one_of(st.sampled_from(PIECES), st.just(""))
)


@given(st.lists(CHANGE, min_size=1, max_size=4), st.booleans())
@settings(max_examples=200)
def test_the_example_changed_anyhow_is_read_or_refused(
    changes: list[tuple[int, int, str]], is_cut: bool
) -> None:
    text = example()
    for at, length, piece in changes:
        place = at % len(text)
        text = text[:place] + piece + text[place + length :] or "a"
    _is_read_or_refused((text[: changes[0][0] % len(text)] if is_cut else text).encode())
