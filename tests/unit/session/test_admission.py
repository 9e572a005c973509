"""Who may take part: what was typed or pasted as a code."""

import pytest

from tracker_app.session.admission import read_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" P-1 ", "P-1"),
        ("https://example.org/?code=P-1", "P-1"),
        ("https://example.org/join/P-1/", "P-1"),
        ("https://example.org/?code=", ""),
        ("https://[example", ""),  # no link, though it begins like one
        ("P 1", ""),
    ],
)
def test_a_code_is_found_in_what_was_pasted_or_none(text: str, code: str) -> None:
    assert read_code(text) == code
