"""Cost of the whole path from camera to records on a video file, played at its own rate.

python -m tests.benchmarks.gaze_pipeline --camera face.mp4 --seconds 20
"""

import argparse
import sys
import threading
import time

import numpy as np

from calibration.regression import GazeModel
from tracker_app.capture.camera import open_camera
from tracker_app.clock import SystemClock
from tracker_app.errors import TrackerError
from tracker_app.gaze.features import FEATURE_NAMES
from tracker_app.gaze.model_file import find_face_model
from tracker_app.gaze.pipeline import GazePipeline, Wiring
from tracker_app.gaze.samples import Maps
from tracker_app.records import Frame, GazeSample, Record


def run(source: str, seconds: float) -> tuple[list[Record], float]:
    """Records of `seconds` of the source, and the CPU time they took in seconds.

    The map to the screen is an arbitrary one: what it costs does not depend on its numbers.
    """
    clock = SystemClock()
    records: list[Record] = []
    failed = threading.Event()

    def fail(error: TrackerError) -> None:
        sys.stderr.write(f"{error}\n")
        failed.set()

    wiring = Wiring(records.append, lambda _x, _y: True, fail, keeps_features="patches")
    camera = open_camera(source, clock, loops=True)
    pipeline = GazePipeline(camera, find_face_model(), clock, wiring)
    count = len(FEATURE_NAMES)
    model = GazeModel(
        centre=np.zeros(count),
        weights=np.ones((count, 2)),
        intercept=np.zeros(2),
        doubt=np.ones((2, count + 1, count + 1)),
        noise_px=np.ones(2),
        ratio=np.ones(2),
        looks=13.0,
        correlation=0.0,
        low=np.zeros(count),
        high=np.ones(count),
        is_mirrored=False,
    )
    pipeline.estimate_by(Maps(model, model, 0))
    failed.wait(2)  # the model's first frames are slower
    records.clear()
    cpu = time.process_time()
    failed.wait(seconds)
    cpu = time.process_time() - cpu
    taken = list(records)
    pipeline.stop()
    return taken, cpu


def main() -> None:
    """Print CPU per frame, rate and latency."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--camera", required=True, help="video file, URL, device or portrait")
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    records, cpu_s = run(options.camera, options.seconds)
    frames = [r for r in records if isinstance(r, Frame)]
    gaze = sum(isinstance(r, GazeSample) and r.x_px is not None for r in records)
    latency_ms = np.array([f.result_t_ns - f.t_ns for f in frames]) / 1e6
    median, late = np.percentile(latency_ms, [50, 95])
    sys.stdout.write(
        f"{len(frames)} frames, {gaze} with gaze, {sum(f.dropped for f in frames)} dropped; "
        f"{len(frames) / options.seconds:.1f} fps; {cpu_s / len(frames) * 1000:.1f} ms CPU a frame "
        f"(reading the source included); grab to gaze p50 {median:.1f} ms, p95 {late:.1f} ms\n"
    )


if __name__ == "__main__":
    main()
