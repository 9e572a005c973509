"""CPU of gaze per frame at 1280 x 720, beside EyeTrax's own feature extraction, in one run.

    python -m tests.benchmarks.gaze_cost --video face.mp4 --eyetrax /path/to/its/python

The whole path of a frame is landmarks, choice of the face, features, estimate with covariance,
filter, fixation and records. EyeTrax is its package in an environment of its own (`pip install
eyetrax`), asked for features alone. Rounds alternate, so that both meet the same machine.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from calibration.geometry import Screen
from calibration.regression import GazeModel, fit
from tests.faces import pictures
from tracker_app.gaze.camera_frame import Image
from tracker_app.gaze.estimator import estimate, gaze_prior
from tracker_app.gaze.features import FEATURE_NAMES, describe_face, extract_features
from tracker_app.gaze.filters import OneEuroFilter
from tracker_app.gaze.fixations import FixationDetector
from tracker_app.gaze.landmarks import FaceLandmarker
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.opencv import cv2
from tracker_app.gaze.participant import Lids, Participant

SIZE = (1280, 720)
RATE_HZ = 30
WARM = 20  # frames; the model's first ones are slower
THEIRS = """
import json, sys, time
import cv2
from eyetrax.gaze import GazeEstimator
video, model, count, warm, width, height = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
frames, source = [], cv2.VideoCapture(video)
while len(frames) < count + warm and source.grab():
    frames.append(cv2.resize(source.retrieve()[1], (width, height)))
tracker = GazeEstimator(face_landmarker_model=model)
for frame in frames[:warm]:
    tracker.extract_features(frame)
began = time.process_time()
for frame in frames[warm:]:
    tracker.extract_features(frame)
print((time.process_time() - began) * 1000 / (len(frames) - warm))
"""


def some_model() -> GazeModel:
    """A model of the real size; what it costs does not depend on its numbers."""
    random = np.random.default_rng(0)
    targets = random.uniform(0, 1, (225, 2)) * SIZE
    features = random.standard_normal((225, len(FEATURE_NAMES)))
    return fit(features, targets, np.arange(225) // 25, Screen(0, 0, *SIZE), gaze_prior())


class Ours:
    """The whole path of a frame, as the pipeline goes it."""

    def __init__(self, model: Path) -> None:
        self._landmarker, self._model = FaceLandmarker(model), some_model()
        self._participant, self._lids = Participant(), Lids()
        self._filters = OneEuroFilter(), OneEuroFilter()
        self._fixations = FixationDetector()
        self.parts_s = dict.fromkeys(("landmarks", "features", "estimate"), 0.0)

    def frame(self, number: int, image: Image) -> None:
        """Go through one frame."""
        t_ns = number * 1_000_000_000 // RATE_HZ
        times = [time.process_time()]
        face = self._participant.choose(t_ns, self._landmarker.detect(image, t_ns))
        times.append(time.process_time())
        if face is None:
            return
        self._lids.is_blinking(t_ns, describe_face(face, image).openness)
        features = extract_features(face, image)
        times.append(time.process_time())
        found = estimate(self._model, features)
        for one_euro, value in zip(self._filters, (found.x_px, found.y_px), strict=True):
            one_euro.filter(t_ns, value)
        self._fixations.add(t_ns, found.x_px, found.y_px, found.sd_x_px)
        times.append(time.process_time())
        for name, spent in zip(self.parts_s, np.diff(times), strict=True):
            self.parts_s[name] += float(spent)


def ours_ms(video: Path, frames: int) -> dict[str, float]:
    """CPU a frame of our path, by part."""
    images = []
    for image in pictures(video):
        images.append(np.asarray(cv2.resize(image, SIZE), dtype=np.uint8))
        if len(images) == frames + WARM:
            break
    ours = Ours(find_face_model())
    for number, image in enumerate(images):
        if number == WARM:
            ours.parts_s = dict.fromkeys(ours.parts_s, 0.0)
        ours.frame(number, image)
    return {name: s * 1000 / (len(images) - WARM) for name, s in ours.parts_s.items()}


def theirs_ms(python: Path, video: Path, frames: int) -> float:
    """CPU a frame of EyeTrax's extraction."""
    arguments = [str(video), str(find_face_model()), str(frames), str(WARM), *map(str, SIZE)]
    done = subprocess.run(
        [str(python), "-c", THEIRS, *arguments], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    """Print CPU per frame of both, the least of some rounds each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--video", type=Path, required=True)
    parser.add_argument("--eyetrax", type=Path, help="the Python of an environment that has it")
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(ours_ms(options.video, options.frames))
        if options.eyetrax:
            theirs.append(theirs_ms(options.eyetrax, options.video, options.frames))
    best = min(ours, key=lambda parts: sum(parts.values()))
    total = sum(best.values())
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in best.items())
    out = sys.stdout.write
    out(f"ours: {total:.2f} ms CPU a frame ({parts})")
    out(f"; {total * RATE_HZ / 10:.0f}% of a core at 30 Hz\n")
    if theirs:
        out(f"EyeTrax, features alone: {min(theirs):.2f} ms; ratio {total / min(theirs):.2f}\n")


if __name__ == "__main__":
    main()
