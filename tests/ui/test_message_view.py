from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QTextCursor
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import FakeClock
from tracker_app.aoi import Page, Timeline
from tracker_app.codec import Entry
from tracker_app.records import Layout, Placement, Record, TextEvent, TextEventKind, stream_of
from tracker_app.ui import theme
from tracker_app.ui.message_view import MeasuredLayout, MeasuredPlacement, MessageView
from tracker_app.ui.text_recorder import TextRecorder

LONG = "\n\n".join(f"Paragraph {i} has a few words to read." for i in range(40))


class Watcher:
    """Collects what a view measures."""

    def __init__(self, view: MessageView) -> None:
        self.layouts: list[MeasuredLayout] = []
        self.placements: list[MeasuredPlacement] = []
        view.layout_measured.connect(self.layouts.append)
        view.placement_measured.connect(self.placements.append)


def _shown(qtbot: QtBot, *, is_markdown: bool = True) -> MessageView:
    shown = MessageView(theme.READING["gaze"], is_markdown=is_markdown)
    qtbot.addWidget(shown)
    shown.resize(500, 400)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


@pytest.fixture
def view(qtbot: QtBot) -> MessageView:
    return _shown(qtbot)


@pytest.fixture
def records(view: MessageView) -> list[Record]:
    """What is recorded of the view."""
    recorded: list[Record] = []
    view.recorder = TextRecorder([view], FakeClock(), recorded.append)  # type: ignore[attr-defined] # kept alive
    return recorded


def _has_more(records: list[Record], count: int) -> bool:
    return len(_of(records, Layout)) > count


def _of(records: list[Record], kind: type[Record]) -> list[Record]:
    return [r for r in records if isinstance(r, kind)]


def test_a_message_is_measured_once_it_is_shown(qtbot: QtBot, view: MessageView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", "Hello **bold** world")
    qtbot.waitUntil(lambda: bool(watcher.placements))
    layout = watcher.layouts[-1]
    assert layout.text == "Hello bold world"
    assert [layout.text[w.start : w.end] for w in layout.boxes] == ["Hello", "bold", "world"]


def test_a_question_is_shown_as_it_was_typed(qtbot: QtBot) -> None:
    view = _shown(qtbot, is_markdown=False)
    view.show_message("t0q", "Why **two** tides?\n- really?")
    assert view.rendering.text == "Why **two** tides?\n- really?"
    assert view.toPlainText() == view.rendering.text


def test_a_growing_message_is_rendered_now_and_then_and_finished_soon(
    qtbot: QtBot, view: MessageView
) -> None:
    watcher = Watcher(view)
    for n in range(1, 60):
        view.show_message("t0s1a1", "word " * n, is_growing=True)
    assert view.rendering.text == "word"
    view.show_message("t0s1a1", "word " * 59)
    qtbot.waitUntil(lambda: view.is_settled, timeout=500)
    assert view.rendering.text == ("word " * 59).strip()
    qtbot.waitUntil(lambda: bool(watcher.layouts) and len(watcher.layouts[-1].boxes) == 59)
    assert len(watcher.layouts) < 10


def test_while_a_message_grows_only_what_is_new_is_recorded(
    qtbot: QtBot, view: MessageView, records: list[Record]
) -> None:
    paragraphs = LONG.split("\n\n")
    for n in (5, 10, 15):
        count = len(_of(records, Layout))
        view.show_message("m", "\n\n".join(paragraphs[:n]), is_growing=True)
        qtbot.waitUntil(partial(_has_more, records, count))
    view.show_message("m", "\n\n".join(paragraphs[:15]))
    qtbot.waitUntil(lambda: _of(records, Layout)[-1].base is None)  # type: ignore[attr-defined]
    layouts = [r for r in records if isinstance(r, Layout)]
    assert [layout.base for layout in layouts[:3]] == [None, 1, 2]
    assert [layout.kept_boxes for layout in layouts[:3]] == [0, 5 * 8, 10 * 8]
    pages = [Page.of(layouts[0])]
    for layout in layouts[1:3]:
        pages.append(Page.of(layout, pages[-1]))
    whole = Page.of(layouts[-1])
    assert pages[-1].text == whole.text
    for name, column in whole.columns.items():
        assert pages[-1].columns[name].tolist() == column.tolist(), name


def test_scrolling_moves_the_placement_at_once_and_not_the_layout(
    qtbot: QtBot, view: MessageView
) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", LONG)
    qtbot.waitUntil(lambda: bool(watcher.placements))
    layouts, before = len(watcher.layouts), watcher.placements[-1]
    view.verticalScrollBar().setValue(900)
    qtbot.waitUntil(lambda: watcher.placements[-1] != before, timeout=500)
    after = watcher.placements[-1]
    assert after.origin_px[1] == before.origin_px[1] - 900 * after.pixel_ratio
    assert after.clip == before.clip
    assert len(watcher.layouts) == layouts


def test_a_narrower_view_is_a_new_layout_of_the_same_words(qtbot: QtBot, view: MessageView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", LONG)
    qtbot.waitUntil(lambda: view.is_settled)
    view.resize(300, 400)
    qtbot.waitUntil(lambda: watcher.layouts[-1].boxes[-1].line > watcher.layouts[0].boxes[-1].line)
    first, last = (
        {box.word: layout.text[box.start : box.end] for box in layout.boxes}
        for layout in (watcher.layouts[0], watcher.layouts[-1])
    )
    assert first == last


def test_messages_in_something_that_scrolls_follow_it(qtbot: QtBot) -> None:
    area, inner = QScrollArea(), QWidget()
    column = QVBoxLayout(inner)
    views = [MessageView(theme.READING["chat"]) for _ in range(6)]
    for view in views:
        view.setFixedHeight(200)
        column.addWidget(view)
    area.setWidget(inner)
    area.resize(500, 450)
    recorded: list[Record] = []
    recorder = TextRecorder(views, FakeClock(), recorded.append)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    for number, view in enumerate(views):
        view.show_message(f"earlier turn {number}", "Some words of an earlier turn.")
    qtbot.waitUntil(lambda: len(_of(recorded, Placement)) >= len(views))
    seen_before = len(recorded)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: len(recorded) >= seen_before + len(views))
    entries = [Entry(0, stream_of(r), i, r) for i, r in enumerate(recorded)]
    last = {p.page.message_id: p.placement for p in Timeline(entries).at(0, recorded[-1].t_ns)}
    assert last["earlier turn 0"].clip_height_px == 0
    assert last["earlier turn 5"].clip_height_px > 150
    tops = [last[f"earlier turn {n}"].origin_y_px for n in range(6)]
    assert all(b - a > 200 for a, b in pairwise(tops))
    del recorder


def test_selecting_and_copying_are_recorded_without_the_text(
    qtbot: QtBot, view: MessageView, records: list[Record]
) -> None:
    view.show_message("m", "An 😀 emoji and **bold** words")
    qtbot.waitUntil(lambda: bool(_of(records, Placement)))
    view.setFocus()
    cursor = view.textCursor()
    cursor.setPosition(6)  # UTF-16: the emoji takes two
    cursor.setPosition(11, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(_of(records, TextEvent)) >= 2)
    events = [r for r in records if isinstance(r, TextEvent)]
    assert [e.kind for e in events] == [TextEventKind.SELECT, TextEventKind.COPY]
    assert {(e.start, e.end) for e in events} == {(5, 10)}
    assert view.rendering.text[5:10] == "emoji"
    assert QGuiApplication.clipboard().text() == "emoji"


def test_html_in_an_answer_is_shown_as_text(view: MessageView) -> None:
    view.show_message("t0s1a1", "<b>not bold</b> <img src='x'>")
    assert "<b>" in view.toPlainText()


def test_an_answer_cannot_open_files(tmp_path: Path, view: MessageView) -> None:
    picture = tmp_path / "p.png"
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(picture))
    view.show_message("t0s1a1", f"![x]({picture.as_uri()})")
    assert view.loadResource(2, QUrl.fromLocalFile(str(picture))) is None
    assert view.rendering.text == "x"


def test_a_new_message_starts_its_own_versions(
    qtbot: QtBot, view: MessageView, records: list[Record]
) -> None:
    view.show_message("t0s1a1", "one")
    qtbot.waitUntil(lambda: bool(_of(records, Layout)))
    view.show_message("t1s1a1", "two")
    qtbot.waitUntil(lambda: len(_of(records, Layout)) == 2)
    assert [r.version for r in records if isinstance(r, Layout)] == [1, 1]
    placed = [r for r in records if isinstance(r, Placement)]
    assert [p.message_id for p in placed] == ["t0s1a1", "t1s1a1"]


def test_a_cleared_message_is_announced_as_out_of_sight(qtbot: QtBot, view: MessageView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", "one")
    qtbot.waitUntil(lambda: bool(watcher.placements))
    view.clear_message()
    assert watcher.placements[-1].message_id == "t0s1a1"
    assert watcher.placements[-1].clip.width_px == 0
    assert view.toPlainText() == ""


def test_without_consent_to_the_mouse_selecting_leaves_no_trace(
    qtbot: QtBot, view: MessageView
) -> None:
    recorded: list[Record] = []
    recorder = TextRecorder([view], FakeClock(), recorded.append, keeps_actions=False)
    view.show_message("m", "some text")
    qtbot.waitUntil(lambda: bool(_of(recorded, Placement)))
    with qtbot.waitSignal(view.text_acted_on):
        view.selectAll()
    assert not _of(recorded, TextEvent)
    del recorder


def test_a_message_set_before_the_window_is_shown_begins_at_its_top(qtbot: QtBot) -> None:
    view = MessageView(theme.READING["gaze"])
    qtbot.addWidget(view)
    view.show_message("m", "The moon.\n\n" * 60)
    view.resize(400, 300)
    view.show()
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 500)
    qtbot.wait(50)
    assert view.verticalScrollBar().value() == 0
