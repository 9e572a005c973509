"""What a session learns of its gaze: points that were looked at, judged first and learnt from then.

A point is announced from any thread as soon as it was shown or clicked; what the eyes did comes
later, as frames take their time. Each error is recorded as it was before the point was used,
whether or not it is used: so what clicks say of the gaze is never better for having taught it.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from calibration.drift import DriftFilter, Learnt
from calibration.geometry import Screen
from calibration.outcome import target_error
from calibration.regression import GazeModel
from tracker_app.gaze.landmarks import Array
from tracker_app.gaze.samples import Maps
from tracker_app.records import GazeCheck, GazeCheckKind

REMEMBERED_NS = 6_000_000_000  # longer than a dot waits for eyes
# Eyes rest on what is about to be clicked, and leave at the click.
CLICK_LOOK_NS = 300_000_000
LEAST_SAMPLES = {GazeCheckKind.DOT: 8, GazeCheckKind.CLICK: 3}


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """A point that was looked at, or should have been."""

    kind: GazeCheckKind
    place_px: tuple[float, float]
    begin_ns: int
    end_ns: int
    element: str = ""


class GazeChecks:
    """Judges gaze at points, and follows its drift."""

    def __init__(
        self,
        record: Callable[[GazeCheck], None],
        on_maps: Callable[[Maps], None],
        *,
        learns_from_clicks: bool,
    ) -> None:
        """Begin without a calibration: nothing can be judged yet.

        Args:
            record: keeps each check.
            on_maps: hears of better maps; called from the thread of `hear`.
            learns_from_clicks: whether clicks correct the gaze, or are only judged.
        """
        self._record = record
        self._on_maps = on_maps
        self._learns_from_clicks = learns_from_clicks
        self._lock = threading.Lock()
        self._frames: deque[tuple[int, Array | None]] = deque()
        self._waiting: deque[CheckPoint] = deque()
        self._screen: Screen | None = None
        self._calibrated: GazeModel | None = None
        self._filter: DriftFilter | None = None
        self._number = 0  # of checks in the session
        self._learnt = 0  # the newest one used
        self._newest: GazeCheck | None = None

    def begin(self, model: GazeModel, screen: Screen, t_ns: int) -> Maps:
        """Start from a calibration, and forget what was learnt before it."""
        with self._lock:
            self._screen, self._calibrated, self._learnt = screen, model, 0
            self._filter = DriftFilter(model, screen, t_ns)
            self._waiting.clear()
            return Maps(model, model, 0)

    @property
    def is_calibrated(self) -> bool:
        """Whether there is gaze to judge."""
        return self._filter is not None

    @property
    def newest(self) -> GazeCheck | None:
        """The last check made."""
        return self._newest

    def expect(self, point: CheckPoint) -> None:
        """Judge the gaze at a point as soon as its frames are there. Any thread."""
        with self._lock:
            if self._filter is not None:
                self._waiting.append(point)

    def count_on(self, number: int) -> None:
        """Number on from the last check of an interrupted session."""
        self._number = number

    def give_up(self) -> None:
        """Judge nothing that still waits for frames: the participant pauses. Any thread."""
        with self._lock:
            self._waiting.clear()

    def hear(self, t_ns: int, features: Array | None) -> None:
        """Take in one frame; None where no eyes were seen. The thread of the camera."""
        with self._lock:
            self._frames.append((t_ns, features))
            while self._frames[0][0] < t_ns - REMEMBERED_NS:
                self._frames.popleft()
            while self._waiting and self._waiting[0].end_ns < t_ns:
                self._judge(self._waiting.popleft())

    def _judge(self, point: CheckPoint) -> None:
        drift, calibrated, screen = self._filter, self._calibrated, self._screen
        assert drift is not None  # set with the first point, as the next two are
        assert calibrated is not None
        assert screen is not None
        frames = [f for t, f in self._frames if point.begin_ns <= t <= point.end_ns]
        seen = [features for features in frames if features is not None]
        self._number += 1
        errors = [_error(m, seen, point, screen) for m in (calibrated, drift.model)]
        model = self._learnt
        learnt = learn(drift, point, seen, learns_from_clicks=self._learns_from_clicks)
        self._newest = GazeCheck(
            t_ns=point.begin_ns,
            number=self._number,
            kind=point.kind,
            element=point.element,
            x_px=point.place_px[0],
            y_px=point.place_px[1],
            end_t_ns=point.end_ns,
            samples=len(frames),
            valid_samples=len(seen),
            model=model,
            error_x_px=errors[0].x_px,
            error_y_px=errors[0].y_px,
            error_deg=errors[0].deg,
            corrected_error_x_px=errors[1].x_px,
            corrected_error_y_px=errors[1].y_px,
            corrected_error_deg=errors[1].deg,
            trust=learnt.trust,
            is_used=learnt.is_used,
        )
        self._record(self._newest)
        if learnt.is_used:
            self._learnt = self._number
            self._on_maps(Maps(calibrated, drift.model, self._learnt))


def learn(
    drift: DriftFilter, point: CheckPoint, seen: Sequence[Array], *, learns_from_clicks: bool
) -> Learnt:
    """Take a point in, live or again later; too few samples teach nothing.

    Args:
        drift: what learns.
        point: that was looked at, or should have been.
        seen: features of the eyes meanwhile.
        learns_from_clicks: whether clicks correct the gaze, or are only judged.
    """
    if len(seen) < LEAST_SAMPLES[point.kind]:
        return Learnt(0.0, is_used=False)
    is_shown = point.kind is GazeCheckKind.DOT
    return drift.learn(
        np.array(seen),
        np.array(point.place_px),
        point.end_ns,
        is_shown=is_shown,
        may_use=is_shown or learns_from_clicks,
    )


@dataclass(frozen=True, slots=True)
class _Error:
    x_px: float | None
    y_px: float | None
    deg: float | None


def _error(model: GazeModel, seen: list[Array], point: CheckPoint, screen: Screen) -> _Error:
    if not seen:
        return _Error(None, None, None)
    gaze, place = model.predict(np.array(seen)), np.array(point.place_px)
    x_px, y_px = gaze.mean(axis=0) - place
    return _Error(float(x_px), float(y_px), target_error(gaze, place, screen).accuracy_deg)
