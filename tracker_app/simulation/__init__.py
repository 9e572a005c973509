"""Simulated people before a webcam: what the face model would see of known gaze.

What is simulated is everything up to landmarks, pose matrix and eye pictures, so features,
estimators and calibration run on it unchanged. Its figures order methods; they are never the
accuracy of the tracker, which only people can tell.

All parameters are frozen in `anatomy`, `desk` and `imaging`, each with its source. They were set
before any estimator was chosen and are not to be tuned to one.
"""
