from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from tracker_app.ui.answer_view import AnswerView, MeasuredLayout, MeasuredPlacement

from tracker_app.ui import theme

LONG = "\n\n".join(f"Paragraph {i} has a few words to read." for i in range(40))


class Watcher:
    """Collects what a view measures."""

    def __init__(self, view: AnswerView) -> None:
        self.layouts: list[MeasuredLayout] = []
        self.placements: list[MeasuredPlacement] = []
        view.layout_measured.connect(self.layouts.append)
        view.placement_measured.connect(self.placements.append)


@pytest.fixture
def view(qtbot: QtBot) -> AnswerView:
    shown = AnswerView(theme.READING["gaze"])
    qtbot.addWidget(shown)
    shown.resize(500, 400)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def test_a_message_is_measured_once_it_is_shown(qtbot: QtBot, view: AnswerView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", "Hello **bold** world")
    qtbot.waitUntil(lambda: bool(watcher.placements))
    layout = watcher.layouts[-1]
    assert layout.text == "Hello bold world"
    assert [layout.text[w.start : w.end] for w in layout.words] == ["Hello", "bold", "world"]
    assert watcher.placements[-1].version == layout.version


def test_a_growing_message_is_rendered_now_and_then_and_finished_at_once(
    qtbot: QtBot, view: AnswerView
) -> None:
    watcher = Watcher(view)
    for n in range(1, 60):
        view.show_message("t0s1a1", "word " * n)
    assert view.finish() == ("word " * 59).strip()
    qtbot.waitUntil(lambda: bool(watcher.layouts) and len(watcher.layouts[-1].words) == 59)
    assert len(watcher.layouts) < 10
    versions = [layout.version for layout in watcher.layouts]
    assert versions == sorted(set(versions))


def test_scrolling_moves_the_placement_and_not_the_layout(qtbot: QtBot, view: AnswerView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", LONG)
    qtbot.waitUntil(lambda: bool(watcher.placements))
    layouts, before = len(watcher.layouts), watcher.placements[-1]
    view.verticalScrollBar().setValue(100)
    qtbot.waitUntil(lambda: watcher.placements[-1] != before)
    after = watcher.placements[-1]
    assert after.origin_px[1] == before.origin_px[1] - 100 * after.pixel_ratio
    assert after.clip == before.clip
    assert len(watcher.layouts) == layouts


def test_a_narrower_view_is_a_new_layout(qtbot: QtBot, view: AnswerView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", LONG)
    qtbot.waitUntil(lambda: bool(watcher.layouts))
    first = watcher.layouts[-1]
    view.resize(300, 400)
    qtbot.waitUntil(lambda: watcher.layouts[-1].version > first.version)
    assert max(w.line for w in watcher.layouts[-1].words) > max(w.line for w in first.words)


def test_html_in_an_answer_is_shown_as_text(view: AnswerView) -> None:
    view.show_message("t0s1a1", "<b>not bold</b> <img src='x'>")
    assert "<b>" in view.finish()


def test_an_answer_cannot_open_files(tmp_path: Path, view: AnswerView) -> None:
    picture = tmp_path / "p.png"
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(picture))
    view.show_message("t0s1a1", f"![x]({picture.as_uri()})")
    view.finish()
    assert view.loadResource(2, QUrl.fromLocalFile(str(picture))) is None


def test_headings_have_one_size_throughout(view: AnswerView) -> None:
    view.show_message("t0s1a1", "# Plain *italic* plain\n\nText")
    view.finish()
    block = view.document().begin()
    sizes = {f.format.font().pixelSize() for f in block.textFormats()}
    assert sizes == {theme.READING["gaze"].heading_px}


def test_a_new_message_starts_its_own_versions(qtbot: QtBot, view: AnswerView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", "one")
    qtbot.waitUntil(lambda: bool(watcher.layouts))
    view.show_message("t1s1a1", "two")
    qtbot.waitUntil(lambda: watcher.layouts[-1].message_id == "t1s1a1")
    assert watcher.layouts[-1].version == 1


def test_a_cleared_message_is_announced_as_out_of_sight(qtbot: QtBot, view: AnswerView) -> None:
    watcher = Watcher(view)
    view.show_message("t0s1a1", "one")
    qtbot.waitUntil(lambda: bool(watcher.placements))
    view.clear_message()
    assert watcher.placements[-1].message_id == "t0s1a1"
    assert watcher.placements[-1].clip.width_px == 0
