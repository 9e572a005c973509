"""Simulated people before a webcam: what the face model would see of known gaze.

What is simulated is everything up to landmarks, pose matrix and eye pictures, so features,
estimators and calibration run on it unchanged. Its figures order methods; they are never the
accuracy of the tracker, which only people can tell.

All parameters are frozen in `anatomy`, `desk`, `imaging` and `movement`, each with its source. They
were set without regard to any estimator and are not to be tuned to one. `cast` says who can play a
participant in the window.
"""
