"""Gaze calibration in pure numpy: no camera, no Qt, nothing of the application."""
