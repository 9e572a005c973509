import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker_app.chat.markdown import render_markdown
from tracker_app.ui.sentences import sentences
from tracker_app.ui.utf16 import utf16_length


def _words(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("A 😀 laughs. 👩‍👩‍👧 Too.", ["A 😀 laughs.", "👩‍👩‍👧 Too."]),
        (
            "空はなぜ青いのか。光が散乱するからです。",
            ["空はなぜ青いのか。", "光が散乱するからです。"],
        ),
        ("لماذا السماء زرقاء؟ لأن الضوء يتشتت.", ["لماذا السماء زرقاء؟", "لأن الضوء يتشتت."]),
        ("Heading\nFirst item\nSecond item", ["Heading", "First item", "Second item"]),
        ("1. Mix well.\n2. Bake.", ["1. Mix well.", "2. Bake."]),
        ("\n\n  spaced  \n", ["spaced"]),
        ("", []),
        ("It is 3.5 km. Far.", ["It is 3.5 km.", "Far."]),
        ("That is all. 😀", ["That is all.", "😀"]),
    ],
)
def test_sentences_are_found_in_any_script(text: str, expected: list[str]) -> None:
    assert _words(text) == expected


def test_headings_items_and_lines_of_code_are_sentences_of_their_own() -> None:
    raw = "# Why\n\nIt *is*. So.\n\n- one\n- two 😀. Three.\n\n```\na = 1\nb = 2\n```\n"
    found = _words(render_markdown(raw).text)
    assert [w.replace("\t", " ") for w in found] == [
        "Why", "It is.", "So.", "• one", "• two 😀.", "Three.", "a = 1", "b = 2",
    ]  # fmt: skip


@given(st.text(max_size=80))
def test_sentences_lie_in_order_within_lines_and_leave_out_only_space(text: str) -> None:
    end = 0
    for sentence in sentences(text):
        assert end <= sentence.start < sentence.end <= len(text)
        assert "\n" not in text[sentence.start : sentence.end]
        assert text[end : sentence.start].strip() == ""
        end = sentence.end
    assert text[end:].strip() == ""


def test_the_length_in_qt_counts_units() -> None:
    assert utf16_length("a😀") == 3
