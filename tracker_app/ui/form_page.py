"""A form: questions in one column, mistakes said beside them once somebody tried to go on."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut

from tracker_app.study.study import Question
from tracker_app.ui import theme
from tracker_app.ui.form_fields import Field, Marking, field_for
from tracker_app.ui.page import Page, button
from tracker_app.ui.texts import tr


class FormPage(Page):
    """Asks some questions; announces all answers at once, empty where an optional one is."""

    finished = Signal(dict)  # answers by the question's id

    def __init__(
        self,
        name: str,
        title: str,
        questions: Sequence[Question],
        *,
        least_characters: Mapping[str, int] | None = None,
        action: str = "",
    ) -> None:
        """Build the form.

        Args:
            name: the page's name.
            title: its heading.
            questions: at least one.
            least_characters: how much is to be written at least, by the id of a text question.
            action: what the button says; else that it goes on.
        """
        super().__init__(name, title)
        self._has_tried = False
        self.content.setSpacing(theme.XL)
        self._fields = [
            field_for(q, _marking(q, questions), least_characters or {}) for q in questions
        ]
        for field in self._fields:
            field.changed.connect(self._on_changed)
            field.confirmed.connect(self._on_done)
            self.content.addWidget(field)
        done = button(action or tr("Continue"), f"{name}_done", "primary")
        done.clicked.connect(self._on_done)
        self.buttons.addWidget(done)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._on_done)

    def enter(self) -> None:
        """Typing goes into the first field."""
        self._fields[0].focus()

    @Slot()
    def _on_changed(self) -> None:
        if self._has_tried:
            self._say_mistakes()

    @Slot()
    def _on_done(self) -> None:
        self._has_tried = True
        wrong = self._say_mistakes()
        if wrong is None:
            self.finished.emit({f.question.id: f.value for f in self._fields})
        else:
            wrong.focus()
            self.reveal(wrong)

    def _say_mistakes(self) -> Field | None:
        """Say everything that is wrong; returns the first field with a mistake."""
        wrong = None
        for field in self._fields:
            sentence = field.find_mistake()
            field.mistake.say(sentence)
            wrong = wrong or (field if sentence else None)
        return wrong


def _marking(question: Question, questions: Sequence[Question]) -> Marking:
    """Optional ones are always marked so; required ones where both kinds stand together."""
    if not question.required:
        return "optional"
    return "" if all(q.required for q in questions) else "required"
