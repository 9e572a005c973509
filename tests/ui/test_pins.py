"""What the pinned versions of Qt and its neighbours must be able to do."""

import subprocess
import sys

LONG_RUN = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for n in range(5000):
    label.setText(str(n))
print("alive")
"""
TOGETHER = """
import tracker_app.gaze.landmarks
from tracker_app.gaze.opencv import cv2
from PySide6.QtWidgets import QApplication
app = QApplication([])
print(cv2.__version__, app.platformName())
"""


def _run(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_qt_survives_thousands_of_calls() -> None:
    # PySide6 6.12.0 aborts on Python 3.11 after two to three thousand.
    assert _run(LONG_RUN).strip() == "alive"


def test_opencv_mediapipe_and_qt_start_together() -> None:
    assert _run(TOGETHER).split()[1] == "offscreen"
