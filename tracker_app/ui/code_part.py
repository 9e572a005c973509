"""The step in which participants enter their code."""

from PySide6.QtCore import Signal, Slot

from tracker_app.session.admission import code_problem, read_code
from tracker_app.study.study import Study
from tracker_app.ui.code_page import CodePage
from tracker_app.ui.part import Part
from tracker_app.ui.texts import translated


class CodePart(Part):
    """Asks until the code is one of the study's."""

    page: CodePage

    accepted = Signal(str)

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study
        self.page = CodePage()
        self.page.entered.connect(self._on_entered)

    def enter(self) -> None:
        """Typing goes into the field."""
        self.page.enter()

    @Slot(str)
    def _on_entered(self, text: str) -> None:
        code = read_code(text)
        problem = code_problem(self._study, code)
        if problem is not None:
            self.page.show_problem(translated(problem))
        else:
            self.accepted.emit(code)
