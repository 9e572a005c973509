"""OpenCV, imported the one way that suits Windows cameras and Qt.

Every module takes `cv2` from here: its settings are read when it first loads, and mediapipe loads
it too, which is why `landmarks` imports mediapipe only when a model is opened.
"""

import os

# OpenCV's MSMF backend otherwise takes 12 s to minutes on some cameras.
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")

# A missing camera is said in our own words.
os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")

import cv2

# The wheel may point Qt at plugins and fonts of its own, with which ours does not start.
os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
os.environ.pop("QT_QPA_FONTDIR", None)

__all__ = ["cv2"]
