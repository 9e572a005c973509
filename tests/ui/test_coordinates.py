import gc

import shiboken6
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tracker_app.ui.coordinates import from_physical, screen_of, to_physical


def test_a_widget_that_is_thrown_away_does_not_take_its_screen_along(qtbot: QtBot) -> None:
    widget = QWidget()
    widget.show()
    screen = screen_of(widget)
    del widget
    gc.collect()
    assert shiboken6.isValid(screen)


def test_a_point_comes_back_from_the_desktop(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    child = QWidget(window)
    child.move(30, 40)
    window.move(200, 100)
    window.show()
    x_px, y_px = to_physical(child, QPointF(5.5, 7.25))
    assert from_physical(child, x_px, y_px) == QPointF(5.5, 7.25)
    corner = window.geometry().topLeft()
    assert (x_px, y_px) == (corner.x() + 35.5, corner.y() + 47.25)
