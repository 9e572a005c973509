"""A model's answer must not make this computer open files or addresses."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tracker_app.ui import theme
from tracker_app.ui.message_view import MessageView

RED = 0xFFFF0000


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def _baits(address: str, picture: Path) -> list[str]:
    return [
        f'<img src="{address}/a.png">',
        f'<img src="{picture.as_uri()}">',
        f'<img src="{picture}">',
        f"![]({address}/b.png) ![words]({picture.as_uri()})",
        f"![x][ref]\n\n[ref]: {address}/c.png",
        f'<div style="background: url({address}/d.png)">x</div>',
        f'<style>@import url("{address}/e.css"); body {{ background: red }}</style>',
        f'<link rel="stylesheet" href="{address}/f.css">',
        f'<script src="{address}/g.js"></script>',
        f'<iframe src="{address}/h"></iframe><object data="{address}/i"></object>',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        "![](data:image/png;base64,iVBORw0KGgo=)",
        f"[a link]({address}/j) <{address}/k> {address}/l",
        f'| <img src="{address}/m.png"> |\n|-|\n| ![]({address}/n.png) |',
    ]


def test_no_address_is_called_and_no_picture_shown(
    qtbot: QtBot, tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(RED)
    picture = tmp_path / "red.png"
    assert image.save(str(picture))
    raw = "\n\n".join(_baits(f"http://127.0.0.1:{listener.getsockname()[1]}", picture))
    view = MessageView(theme.READING["gaze"])
    qtbot.addWidget(view)
    view.resize(600, 2400)
    view.show()
    view.show_message("m", raw)
    qtbot.waitUntil(lambda: view.is_settled)
    for tag in ("<img src=", "<style>@import", "<link rel", "<script src", "<iframe", "<object"):
        assert tag in view.rendering.text
    assert "\ufffc" not in view.document().toPlainText()  # what stands for a picture
    for y in range(0, view.viewport().height(), 16):  # on every line, links too
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, y))
    shown = view.grab().toImage()
    colours = {shown.pixel(x, y) for x in range(0, 600, 8) for y in range(0, 2400, 8)}
    assert RED not in colours
    qtbot.wait(50)
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert opened == []
