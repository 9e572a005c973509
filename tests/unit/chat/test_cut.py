import pytest

from tracker_app.chat.cut import cut

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 10, "short"),
        ("exactly", 7, "exactly"),
        ("too long", 3, "too"),
        (f"ab{FAMILY}", 4, "ab"),
        (f"ab{FAMILY}c", 2 + len(FAMILY), f"ab{FAMILY}"),
        ("ne\u0301e", 2, "n"),
        ("👍🏽👍🏽", 3, "👍🏽"),
        ("🇩🇪🇯🇵", 3, "🇩🇪"),
        ("🇩🇪🇯🇵", 2, "🇩🇪"),
        ("❤\ufe0fx", 1, ""),
        ("a\r\nb", 2, "a"),
    ],
)
def test_a_text_is_cut_where_a_character_ends(text: str, limit: int, kept: str) -> None:
    assert cut(text, limit) == kept


def test_a_pile_of_accents_is_cut_through() -> None:
    assert cut("a" + "\u0301" * 500, 300) == "a" + "\u0301" * 299


def test_what_must_stay_stays() -> None:
    assert cut(f"ab{FAMILY}", 5, at_least=4) == f"ab{FAMILY}"[:4]
