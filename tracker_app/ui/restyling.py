"""Keeps the look in step with the desktop: light or dark, contrast, and the fonts installed.

Style sheets are repainted by Qt; whatever has drawn colours or fonts into itself, such as a laid
out answer, has to hear of it.
"""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication

from tracker_app.ui import theme


class Restyling(QObject):
    """Applies the theme, and applies it again when what it follows from has changed."""

    appearance_changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        theme.apply(app)
        self._applied = _wished()
        app.styleHints().colorSchemeChanged.connect(self.refresh)
        app.fontDatabaseChanged.connect(self.refresh)
        if hasattr(app.styleHints(), "accessibility"):  # Qt 6.10 and later
            app.styleHints().accessibility().contrastPreferenceChanged.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Give the application its new look, if it has one."""
        if _wished() != self._applied:
            self._applied = _wished()
            theme.apply(self._app)
            self.appearance_changed.emit()


def _wished() -> tuple[theme.Colours, str, str]:
    return theme.colours(), theme.family(), theme.monospace_family()
