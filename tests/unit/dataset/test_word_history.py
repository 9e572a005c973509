from tests.sessions import build_session, layout_of, message_of, placement_of
from tracker_app.aoi import Timeline
from tracker_app.codec import Entry
from tracker_app.dataset.word_history import WordHistory, word_histories
from tracker_app.records import Layout, Record, TokenArrival, stream_of

TEXT = "One 😀 word.\n\n" + "More words here. " * 30


def _entries(*records: Record) -> list[Entry]:
    return [Entry(0, stream_of(r), i, r) for i, r in enumerate(records)]


def _histories(entries: list[Entry]) -> list[WordHistory]:
    return word_histories(entries, Timeline(entries))


def _token(end: int, t_ns: int) -> TokenArrival:
    return TokenArrival(t_ns=t_ns, message_id="m", end=end)


def test_a_word_knows_its_source_its_arrival_and_when_it_was_first_in_view() -> None:
    words = _histories(
        _entries(
            _token(5, 10),
            _token(len(TEXT), 20),
            layout_of("m", TEXT, 300, t_ns=30),
            placement_of("m", t_ns=30, clip=(0, 0, 300, 60)),
            placement_of("m", t_ns=40, origin=(0, -100), clip=(0, 0, 300, 60)),
            message_of("m", TEXT, t_ns=25),
        )
    )
    assert [w.text for w in words[:4]] == ["One", "😀", "word.", "More"]
    assert [(w.start, w.utf16_start, w.utf16_end) for w in words[1:3]] == [(4, 4, 6), (6, 7, 12)]
    assert (words[1].raw_start, words[1].raw_end) == (4, 5)
    assert [w.arrived for w in words[:3]] == [(0, 10), (0, 10), (0, 20)]
    assert words[0].first_visible == (0, 30)
    assert {w.first_visible for w in words} == {(0, 30), (0, 40), None}


def test_a_question_has_words_without_a_raw_source() -> None:
    words = _histories(
        _entries(layout_of("t0q", "Why?", 300), placement_of("t0q", clip=(0, 0, 300, 60)))
    )
    assert [(w.message_id, w.text, w.raw_start, w.arrived) for w in words] == [
        ("t0q", "Why?", None, None)
    ]


def test_a_whole_session_tells_of_every_word_of_every_message() -> None:
    entries = build_session()
    words = _histories(entries)
    laid_out = {e.record.message_id for e in entries if isinstance(e.record, Layout)}
    assert {w.message_id for w in words} == laid_out
    assert all(w.arrived and w.first_visible and w.arrived <= w.first_visible for w in words[:20])
