import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.sessions import S, Script, build_session
from tracker_app import records as r
from tracker_app.codec import Entry
from tracker_app.dataset.quality import measure
from tracker_app.dataset.report import render_report, write_report
from tracker_app.errors import ExportError, FailureKind

EVIL = '<script>alert("1")</script><img src=x onerror=alert(2)> $x^2$ \N{ARABIC LETTER ALEF} 你好'
SHORT = Script(turns=1, reading_s=4, has_resume=False)
PAGE = render_report(build_session())


class _Outline(HTMLParser):
    """Elements, addresses and text of a page; fails on tags that do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag != "meta":  # the one element here that is never closed
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href")]
        assert not any(k.startswith("on") for k, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def _sentences(page: str) -> str:
    return re.sub(r"\s+", " ", _Outline(page).text)


def _without(*streams: str, script: Script = SHORT) -> list[Entry]:
    return [e for e in build_session(script) if e.stream not in streams]


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    outline = _Outline(PAGE)
    assert outline.links == []
    assert not {"script", "img", "link", "iframe", "object"} & set(outline.tags)
    assert "url(" not in PAGE
    assert "@import" not in PAGE
    assert "default-src 'none'" in PAGE


def test_the_page_says_whose_session_it_is() -> None:
    text = _sentences(PAGE)
    for fact in ("tides-pilot", "0197a5c0-tides", "p-41", "15 June 2025, 17:06 CEST", "0.1.0"):
        assert fact in text


def test_each_turn_shows_its_question_answers_ratings_and_preference() -> None:
    text = _sentences(PAGE)
    assert "Why are there two high tides a day, and not one?" in text
    assert "Left model-1 ✓ Preferred Rating 5 of 5" in text
    assert "Right model-2 Rating 4 of 5" in text
    assert text.count("In which order") == 4


def test_a_turn_tells_what_the_offset_found_in_the_others_would_change() -> None:
    text = _sentences(PAGE)
    assert text.count("If it was read line by line") == 2
    found = re.findall(r"gaze lies (\d+) px \w+ the lines that were read \(95%: (\S+) to", text)
    assert [int(px) <= 3 and low.startswith("\N{MINUS SIGN}") for px, low in found] == [True, True]
    assert text.count("Words under gaze without offset") == 2
    assert "It presumes that people read in order." in text


def test_where_no_other_turn_tells_an_offset_nothing_is_said_of_it() -> None:
    text = _sentences(render_report(build_session(SHORT)))
    assert "line by line" not in text
    assert "in order. Of gaze" not in text


def test_a_simulated_session_says_so_before_anything_else() -> None:
    page = render_report(build_session(Script(is_simulated=True, turns=1, reading_s=4)))
    text = _sentences(page)
    assert text.index("Simulated session") < text.index("Quality")
    assert "Says nothing about people" in text
    assert "The gaze error is about" not in text
    assert "Simulated session" not in PAGE


def test_what_was_not_recorded_is_a_blank_to_fill_in() -> None:
    assert PAGE.count('<span class="blank">Not recorded: fill in</span>') == 10
    assert "10 of 52 items are not recorded and need filling in." in _sentences(PAGE)
    assert "Head support Not recorded: fill in" in _sentences(PAGE)


def test_every_attempt_and_every_point_of_the_accepted_one_is_in_a_table() -> None:
    text = _sentences(PAGE)
    assert "2 9 fitted, 3 with the head moving, 4 held out 1.4° (0.9 to 1.9)" in text
    assert "Not accepted, by the study" in text
    assert text.count("% down") == 9 + 3 + 4


def test_the_error_over_the_session_comes_from_dots_and_clicks_stand_apart() -> None:
    text, quality = _sentences(PAGE), measure(build_session())
    assert f"Error at dots, calibration alone {quality.dot_error}" in text
    assert f"Error at dots, corrected gaze {quality.dot_corrected_error}" in text
    assert "4 clicks, biased: they do not judge accuracy" in text


def test_text_of_participants_and_models_is_escaped() -> None:
    entries = build_session(
        Script(turns=1, reading_s=2, has_resume=False, questions=(EVIL,), answers=(EVIL, EVIL))
    )
    failure = r.ProviderFailure(
        t_ns=6 * S, message_id="x", turn=0, side=2, kind=FailureKind.TIMEOUT, reason=EVIL
    )
    gap = r.Gap(t_ns=6 * S, source=EVIL[:50], end_t_ns=7 * S, lost=1, reason=EVIL)
    entries += [Entry(0, "provider_failure", 0, failure), Entry(0, "gap", 9, gap)]
    outline = _Outline(render_report(entries, dictionary_link='"><script>'))
    assert not {"script", "img"} & set(outline.tags)
    assert '<script>alert("1")</script>' in outline.text


def test_a_gap_says_whether_its_loss_is_known() -> None:
    for lost, sentence in ((7, "7 records lost"), (None, "nobody knows how much was lost")):
        gap = r.Gap(t_ns=6 * S, source="mouse", end_t_ns=7 * S, lost=lost, reason="It stopped.")
        entries = [*build_session(Script(turns=1, reading_s=1)), Entry(0, "gap", 9, gap)]
        assert sentence in _sentences(render_report(entries))


def test_an_answer_without_layout_shows_its_text_escaped() -> None:
    script = Script(turns=1, reading_s=1, has_resume=False, answers=(EVIL, EVIL))
    page = render_report(_without("layout", script=script))
    assert "gaze cannot be drawn on it" in page
    assert "script" not in _Outline(page).tags


def test_nothing_at_all_is_still_a_report() -> None:
    text = _sentences(render_report([]))
    for sentence in (
        "Nothing was recorded.",
        "There was no calibration.",
        "No question was asked in this session.",
        "The session has no end",
    ):
        assert sentence in text


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("gaze", "No gaze was recorded in this turn."),
        ("calibration", "No calibration was recorded, so there is no map of its errors."),
        ("calibration_target", "No calibration was recorded, so there is no map of its errors."),
        ("gaze_check", "No dot was shown to be looked at during the session"),
        ("message", "No answer was recorded in this turn."),
        ("rating", "Rating not rated"),
        ("preference", "No preference was given."),
        ("mouse", "No mouse event was recorded."),
        ("frame", "No camera frame was processed."),
        ("session_end", "The session has no end"),
        ("monitor", "Attempt 2, accepted."),
        ("clock_segment", "Recorded unknown"),
        ("session", "Unknown study"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(missing: str, sentence: str) -> None:
    assert sentence in _sentences(render_report(_without(missing)))


@pytest.mark.parametrize("stream", r.RECORD_TYPES)
def test_a_report_needs_no_particular_stream(stream: str) -> None:
    assert _Outline(render_report(_without(stream))).tags


def test_of_a_redacted_answer_no_word_is_left() -> None:
    session = build_session()
    redacted = [e for e in session if getattr(e.record, "message_id", "") != "t0r1"]
    before, after = (render_report(e).count(">coast</text>") for e in (session, redacted))
    assert before == 2 * after > 0


def test_the_link_to_the_dictionary_leads_from_the_report_to_the_export(tmp_path: Path) -> None:
    path = write_report(build_session(SHORT), tmp_path / "a" / "r.html", tmp_path / "b" / "s1")
    assert _Outline(path.read_text(encoding="utf-8")).links == ["../b/s1/README.md"]


def test_a_report_replaces_an_older_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    assert write_report([], path) == path
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="could not be written"):
        write_report([], tmp_path / "file" / "report.html")
