"""The German interface: a catalogue that is whole, and pages on which no English is left."""

import ast
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

import tracker_app
from tests.every_page import EVERYTHING
from tests.shown_widgets import accessible_name
from tracker_app.errors import TrackerError
from tracker_app.study.remarks import INTERFACE_LANGUAGES
from tracker_app.study.study import Study
from tracker_app.ui import language
from tracker_app.ui.eliding import ElidingLabel
from tracker_app.ui.head_silhouette import HeadState
from tracker_app.ui.status_bar import StatusBar
from tracker_app.ui.texts import number, tr, translated
from tracker_app.ui.window import Window
from tracker_app.wording import recalled
from tracker_app.wording import tr as sentence

PACKAGE = Path(tracker_app.__file__).parent
COUNTS = ("n", "number", "total", "minutes", "seconds", "low", "high", "least", "written")
LANGUAGES = [known for known in INTERFACE_LANGUAGES if known != language.SOURCE]


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    """Every call of a function named `tr` in the application."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and "tr" in (
                getattr(node.func, "id", ""),
                getattr(node.func, "attr", ""),
            ):
                yield path, node


def _literals() -> set[str]:
    first = (call.args[0] for _, call in _calls())
    return {str(arg.value) for arg in first if isinstance(arg, ast.Constant)}


def _catalogue(name: str) -> list[ET.Element]:
    return list(ET.parse(PACKAGE / "ui" / f"tracker_{name}.ts").iter("message"))


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.fixture
def _german(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    language.install_language(qapp, "de", {})
    yield
    QLocale.setDefault(before)
    for translator in qapp.findChildren(QTranslator):
        QCoreApplication.removeTranslator(translator)
        translator.deleteLater()


def test_each_language_that_is_offered_has_a_catalogue_and_no_other() -> None:
    compiled = {path.stem for path in (PACKAGE / "ui").glob("*.qm")}
    written = {path.stem for path in (PACKAGE / "ui").glob("*.ts")}
    assert compiled == written == {f"tracker_{name}" for name in LANGUAGES}


def test_only_literals_are_given_to_tr_for_others_cannot_be_collected() -> None:
    passed_on = [
        f"{path.name}: {ast.unparse(call)}"
        for path, call in _calls()
        if not isinstance(call.args[0], ast.Constant)
    ]
    assert passed_on == ["texts.py: tr(text.pattern, **text.values)"]


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_text_of_the_code_is_translated_and_nothing_else(name: str) -> None:
    """Run packaging/translate where this fails."""
    messages = _catalogue(name)
    assert {m.findtext("source") for m in messages} == _literals()
    for message in messages:
        (translation,) = message.findall("translation")
        assert translation.get("type") is None, message.findtext("source")
        assert translation.text


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_translation_fills_in_what_its_text_fills_in(name: str) -> None:
    for message in _catalogue(name):
        source, translation = message.findtext("source"), message.findtext("translation")
        assert source
        assert translation
        assert _placeholders(translation) == _placeholders(source), source
        assert source.endswith(".") == translation.endswith("."), source
        assert "!" not in translation


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.usefixtures("qapp")
def test_the_compiled_catalogue_is_that_of_the_written_one(name: str) -> None:
    translator = QTranslator()
    assert translator.load(str(language.catalogue_of(name)))
    for message in _catalogue(name):
        source = message.findtext("source") or ""
        assert translator.translate("", source) == message.findtext("translation")


def test_an_unknown_language_is_english(qapp: QApplication) -> None:
    assert language.install_language(qapp, "fr", {}) == "en"
    assert tr("Continue") == "Continue"
    assert number(1.25, 1) in ("1.2", "1.3")


@pytest.mark.usefixtures("_german")
def test_numbers_and_the_texts_of_qt_follow_the_language() -> None:
    assert number(1.46, 1) == "1,5"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"


def test_the_environment_wins_over_the_study(qapp: QApplication) -> None:
    assert language.install_language(qapp, "de", {language.OVERRIDE: "en"}) == "en"


@pytest.mark.usefixtures("_german")
def test_sentences_made_elsewhere_are_translated_with_the_sentences_in_them() -> None:
    error = TrackerError(sentence("Camera {number} is off: {why}", number=2, why=sentence("Off.")))
    assert str(error) == "Camera 2 is off: Off."
    assert translated(error.sentence) == "Camera 2 is off: Aus."
    assert translated(recalled("Off.")) == "Aus."
    assert translated("Off.") == "Off."  # may be a study's own


# --- no English is left ---------------------------------------------------------------------------


def _english() -> list[re.Pattern[str]]:
    """What English texts of ours look like on a page."""
    return [
        re.compile("".join(_pattern(*part[:2]) for part in Formatter().parse(source)), re.DOTALL)
        for m in _catalogue("de")
        if (source := m.findtext("source")) and source != m.findtext("translation")
    ]


def _pattern(fixed: str, name: str | None) -> str:
    filled = "" if name is None else r"\d+" if name in COUNTS else r"\S(?:.*\S)?"
    return re.escape(fixed) + filled


def _said(page: QWidget) -> Iterator[str]:
    """Everything the widgets of a page say, to whoever sees them or not."""
    for widget in (page, *page.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.accessibleDescription(), accessible_name(widget))
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QComboBox):
            yield widget.placeholderText()
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(i) for i in range(widget.count()))


def _left_over(page: QWidget) -> list[str]:
    english = _english()
    return [text for text in _said(page) if any(each.fullmatch(text) for each in english)]


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.usefixtures("_german")
def test_on_no_page_of_a_german_study_is_english_of_ours(
    name: str, qtbot: QtBot, study: Study
) -> None:
    page = EVERYTHING[name](study.model_copy(update={"language": "de"}))
    qtbot.addWidget(page)
    page.show()
    assert _left_over(page) == []


@pytest.mark.parametrize("size", [(1280, 720), (853, 480)], ids=["usual", "low"])
@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.usefixtures("_german")
def test_no_german_word_is_cut_off(
    name: str, size: tuple[int, int], qtbot: QtBot, study: Study
) -> None:
    """Low is a screen of 1280 x 720 at 150%, or one of 1920 x 1080 at 225%."""
    window = Window("", is_simulated=False)
    qtbot.addWidget(window)
    window.resize(*size)
    window.show_page(EVERYTHING[name](study))
    window.show()
    qtbot.wait(1)
    assert window.size().toTuple() == size
    for part in window.findChildren(QWidget):
        if part.isVisible() and isinstance(part, QLabel | QAbstractButton):
            _assert_whole(part)


def _assert_whole(part: QLabel | QAbstractButton) -> None:
    """Nothing of it is hidden to the left or right, nor lies below its edge."""
    area: QWidget | None = part.parentWidget()
    while area is not None:  # which scrolls downwards only
        left = part.mapTo(area, part.rect().topLeft()).x()
        assert left >= 0, part.text()
        assert left + part.width() <= area.width(), part.text()
        area = area.parentWidget() if not area.isWindow() else None
    if isinstance(part, QLabel) and part.wordWrap():
        assert part.height() >= part.heightForWidth(part.width()), part.text()
    elif not isinstance(part, ElidingLabel):
        assert part.width() >= part.minimumSizeHint().width(), part.text()


@pytest.mark.usefixtures("_german")
def test_the_bar_speaks_german(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_state(tr("Recording your eyes and mouse"), is_recording=True, can_pause=True)
    bar.show_head(HeadState())
    assert "Aufhören" in set(_said(bar))
    assert _left_over(bar) == []


def test_english_is_found_where_it_is_left(qtbot: QtBot, study: Study) -> None:
    page = EVERYTHING["talk_before"](study)
    qtbot.addWidget(page)
    assert "Your question" in _left_over(page)
