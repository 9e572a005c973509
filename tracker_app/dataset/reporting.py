"""What a paper should say of a session's gaze, item by item.

The items are those the field asks for: Holmqvist et al. (2023), "Eye tracking: empirical
foundations for a minimal reporting guideline", and Dunn et al. (2023), "Minimal reporting
guideline for research involving eye tracking", both Behavior Research Methods. What a session
cannot know stays in the list without a value, so that nobody takes silence for an answer.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from calibration.geometry import Screen
from calibration.looks import NS, Use
from tracker_app import __version__
from tracker_app.codec import Entry
from tracker_app.dataset import fixations
from tracker_app.dataset.axis import SessionAxis, clock_text, counted
from tracker_app.dataset.calibrations import Attempt, attempts_of, chosen_attempt, points_text
from tracker_app.dataset.checks import MeanError
from tracker_app.dataset.gaze_error import ENOUGH
from tracker_app.dataset.quality import Quality
from tracker_app.dataset.selection import R, of_type, session_info
from tracker_app.gaze.filters import BETA, MIN_CUTOFF_HZ
from tracker_app.records import (
    FORMAT_VERSION,
    Appearance,
    CameraInfo,
    Frame,
    Monitor,
    OperatorAction,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `value` is None where the session does not hold it."""

    group: str
    name: str
    value: str | None
    source: str  # stream it is from, or "method": what this version of the program always does


Row = tuple[str, str | None, str]
NOT_HELD = ""  # the source of what no session holds


def reporting_items(entries: Sequence[Entry], quality: Quality, merge_px: float) -> list[Item]:
    """Every item, in the order in which a method section tells them.

    Args:
        entries: of the session.
        quality: its figures.
        merge_px: fixations nearer than this were taken for one.
    """
    groups = {
        "People": _people(quality),
        "Eye tracker": _eye_tracker(entries, quality),
        "Setting": _setting(entries),
        "Screen and text": _screen(entries),
        "Calibration": _calibration(entries, quality),
        "Data quality": _data_quality(entries, quality),
        "Processing": _processing(merge_px),
    }
    return [Item(group, *row) for group, rows in groups.items() for row in rows]


def _blank(name: str) -> Row:
    return name, None, NOT_HELD


def _people(quality: Quality) -> list[Row]:
    whose = "a program's" if quality.is_simulated else "a person's"
    return [
        _blank("Participants, exclusions and reasons for them"),
        _blank("Age, sight, glasses, contact lenses, eye make-up"),
        ("Eyes before the camera", whose if quality.gaze_samples else None, "gaze"),
    ]


def _eye_tracker(entries: Sequence[Entry], q: Quality) -> list[Row]:
    info, camera = session_info(entries), _last(entries, CameraInfo)
    appearance, attempt = _last(entries, Appearance), chosen_attempt(entries)
    opened = nominal = None
    if camera is not None:
        size = f"{camera.width_px} by {camera.height_px} px"
        opened = f"device {camera.source}, {size}, through {camera.backend}"
        nominal = _text(camera.rate_hz, "{:g} Hz")
    software = None
    if info is not None:
        qt = f", Qt {appearance.qt_version}" if appearance else ""
        app = f"tracker-app {info.app_version}, Python {info.python_version}"
        software = f"{app}{qt}, {info.platform}; record format {FORMAT_VERSION}"
    return [
        _blank("Camera, make and model"),
        ("Camera as it was opened", opened, "camera"),
        ("Landmarks", _landmarks(entries), "session"),
        ("Gaze estimator", attempt.result.estimator if attempt else None, "calibration"),
        ("Eye recorded", "both, as one point of gaze", "method"),
        ("Sampling rate, nominal", nominal, "camera"),
        ("Sampling rate, delivered", _delivered(q), "frame"),
        ("Software", software, "session"),
    ]


def _landmarks(entries: Sequence[Entry]) -> str | None:
    info = session_info(entries)
    if info is None:
        return None
    own = info.settings.get("face_model")
    model = f"file {Path(own).name}" if own else f"as shipped with tracker-app {info.app_version}"
    return f"MediaPipe Face Landmarker, {model}"


def _delivered(q: Quality) -> str | None:
    if q.frame_rate_hz is None or q.frame_jitter_ms is None:
        return None
    dropped = "" if q.dropped_share is None else f", {q.dropped_share:.1%} of the frames dropped"
    return f"{q.frame_rate_hz:.1f} Hz, intervals {q.frame_jitter_ms:.1f} ms SD{dropped}"


def _setting(entries: Sequence[Entry]) -> list[Row]:
    frames = [f for _, f in of_type(entries, Frame)]
    moved = {
        "sideways": _range([f.head_x_mm for f in frames], " mm"),
        "up and down": _range([f.head_y_mm for f in frames], " mm"),
        "yaw": _range([f.yaw_deg for f in frames], "°"),
        "pitch": _range([f.pitch_deg for f in frames], "°"),
    }
    movement = ", ".join(f"{what} {by}" for what, by in moved.items() if by is not None)
    actions = Counter(a.action for _, a in of_type(entries, OperatorAction))
    operator = ", ".join(f"{action} ({count})" for action, count in sorted(actions.items()))
    return [
        _blank("Room, and its light in lux"),
        ("Light on the face, 0 to 1", _spread([f.brightness for f in frames], 2), "frame"),
        _blank("Where the camera stood"),
        _blank("Head support"),
        ("Head movement, 90% of the time within", movement or None, "frame"),
        ("Viewing distance, mm", _spread([f.distance_mm for f in frames], 0), "frame"),
        _blank("Instructions, and who was in the room"),
        ("What an operator did", operator or "nothing is recorded", "operator"),
    ]


def _screen(entries: Sequence[Entry]) -> list[Row]:
    monitors = {m.name: m for _, m in of_type(entries, Monitor)}
    screens = "; ".join(_monitor_text(m) for m in monitors.values() if m.is_connected)
    screen, appearance = _screen_of(chosen_attempt(entries)), _last(entries, Appearance)
    degree = text = None
    if screen is not None:
        degree = f"{screen.to_pixels(1.0):.0f} px at {screen.distance_mm:.0f} mm"
    if appearance is not None:
        line_px = appearance.line_height * appearance.pixel_ratio
        angle = f" ({screen.to_degrees(line_px):.2f}°)" if screen is not None else ""
        size = f"{appearance.text_size * appearance.pixel_ratio:.0f} px"
        text = f"{appearance.text_family}, {size}, lines {line_px:.0f} px apart{angle}"
    return [
        ("Screen: resolution, size, refresh rate", screens or None, "monitor"),
        ("A degree of visual angle", degree, "calibration"),
        ("Text", text, "appearance"),
    ]


def _monitor_text(monitor: Monitor) -> str:
    size = f"{monitor.width_px:.0f} by {monitor.height_px:.0f} px"
    if monitor.width_mm is not None and monitor.height_mm is not None:
        size += f", {monitor.width_mm:.0f} by {monitor.height_mm:.0f} mm"
    return f"{monitor.name}: {size}, {monitor.refresh_hz:g} Hz"


def _screen_of(attempt: Attempt | None) -> Screen | None:
    """The screen as far as it was known when the attempt was decided on."""
    if attempt is None or attempt.result.distance_mm is None:
        return None
    return Screen(0, 0, 0, 0, attempt.result.pitch_mm, attempt.result.distance_mm)


def _calibration(entries: Sequence[Entry], q: Quality) -> list[Row]:
    rows: list[Row] = [("Order of the points", "random, one at a time", "method")]
    chosen = chosen_attempt(entries)
    if chosen is None:
        rows += [(name, None, "calibration") for name in _CALIBRATION]
    else:
        texts = _calibration_texts(chosen, attempts_of(entries), SessionAxis(entries))
        rows += [
            (name, text, "calibration") for name, text in zip(_CALIBRATION, texts, strict=True)
        ]
    return [*rows, *_checks(q)]


_CALIBRATION = (
    "Points; places in the tables above",
    "Time at a point",
    "Criterion",
    "Attempts",
    "Accepted by",
    "Head directions covered",
    "Calibrated again later",
)


def _calibration_texts(
    chosen: Attempt, attempts: Sequence[Attempt], axis: SessionAxis
) -> tuple[str | None, ...]:
    result, accepted = chosen.result, [a for a in attempts if a.result.is_accepted]
    later = [clock_text(axis.seconds(a.segment, a.result.t_ns)) for a in accepted[1:]]
    coverage = "not asked for" if result.head_coverage is None else f"{result.head_coverage:.0%}"
    return (
        points_text(chosen),
        _time_at_a_point(chosen),
        f"mean error at the held-out points of at most {result.limit_deg:g}°",
        f"{len(attempts)}, of which {len(accepted)} accepted",
        f"the {result.decided_by}" if result.is_accepted else "nobody",
        coverage,
        f"at {', '.join(later)}" if later else "no",
    )


def _time_at_a_point(attempt: Attempt) -> str | None:
    """Medians over the points looked at with the head still."""
    still = attempt.of_use(Use.FIT, Use.VALIDATE)
    if not still:
        return None
    settling_s = median([(t.settled_t_ns - t.t_ns) / NS for t in still])
    collecting_s = median([(t.end_t_ns - t.settled_t_ns) / NS for t in still])
    return f"{settling_s:.1f} s to settle, then {collecting_s:.1f} s of samples"


def _checks(q: Quality) -> list[Row]:
    used = "" if q.clicks_used_share is None else f" ({q.clicks_used_share:.0%} of them used)"
    points = f"{counted(q.dots, 'dot')} and {counted(q.clicks, 'click')}{used}"
    correction = f"learnt from {points}; the uncorrected gaze is kept"
    has_points = q.dots or q.clicks
    return [
        ("Drift checks", counted(q.dots, "dot") if q.dots else "none", "gaze_check"),
        ("Drift correction", correction if has_points else "none", "gaze_check"),
    ]


def _data_quality(entries: Sequence[Entry], q: Quality) -> list[Row]:
    chosen = chosen_attempt(entries)
    accepted = chosen if chosen is not None and chosen.result.is_accepted else None
    rows: list[Row] = [
        ("Accuracy at validation", _error(accepted.accuracy if accepted else None), "calibration"),
        ("Accuracy at dots, calibration alone", _error(q.dot_error), "gaze_check"),
        ("Accuracy at dots, corrected", _error(q.dot_corrected_error), "gaze_check"),
        ("Precision, RMS-S2S", _text(q.precision_rms_deg, "{:.2f}°"), "calibration"),
        ("Precision, STD", _text(q.precision_sd_deg, "{:.2f}°"), "calibration"),
        ("BCEA, 68%", _text(q.bcea_deg2, "{:.2f} deg²"), "calibration"),
        (
            "Data loss in the calibration",
            _text(accepted.result.data_loss if accepted else None, "{:.1%}"),
            "calibration",
        ),
        ("Data loss in the session", _text(q.data_loss, "{:.1%}"), "gaze"),
        ("Latency, grab to gaze, median", _text(q.result_delay_p50_ms, "{:.0f} ms"), "frame"),
        ("Latency, grab to gaze, 95%", _text(q.result_delay_p95_ms, "{:.0f} ms"), "frame"),
        _blank("Latency of the camera, light to grab"),
    ]
    if not q.is_simulated:
        return rows
    return [(name, value and f"{value}, simulated eyes", source) for name, value, source in rows]


def _processing(merge_px: float) -> list[Row]:
    options = fixations.OPTIONS
    return [
        (
            "Filtering",
            "none for figures and measures; filtered_x_px and filtered_y_px by a 1-euro filter of "
            f"{MIN_CUTOFF_HZ:g} Hz, beta {BETA:g}",
            "method",
        ),
        ("Blinks and losses", "frames with shut eyes have no gaze; none is filled in", "method"),
        (
            "Fixations",
            f"I2MC (Hessels et al. 2017): gaze interpolated to {fixations.RATE_HZ:g} Hz over "
            f"losses of up to {fixations.MAX_LOSS_NS / 1e6:.0f} ms, window {fixations.WINDOW_S:g} "
            f"s in steps of {options['steptime']:g} s, cut-off {options['cutoffstd']:g} SD, merged "
            f"within {options['maxMergeTime']:g} ms and {merge_px:.0f} px, at least "
            f"{options['minFixDur']:g} ms long",
            "method",
        ),
        ("Saccades", "not detected", "method"),
        (
            "Areas of interest",
            "each word, line and paragraph as it stood on the screen at that moment, without "
            f"margin; a sample counts where at least {ENOUGH:.0%} of its error's distribution lies",
            "method",
        ),
        (
            "Gaze used",
            "corrected gaze for reading measures; calibration alone wherever the mouse counts too",
            "method",
        ),
        ("Program that made this report", f"tracker-app {__version__}", "method"),
        _blank("Trials and samples left out, and why"),
        _blank("Where data and code can be found"),
    ]


def _last(entries: Sequence[Entry], record_type: type[R]) -> R | None:
    found = of_type(entries, record_type)
    return found[-1][1] if found else None


def _error(error: MeanError | None) -> str | None:
    return None if error is None or error.mean_deg is None else error.in_full


def _text(value: float | None, form: str) -> str | None:
    return None if value is None else form.format(value)


def _spread(values: Sequence[float | None], digits: int) -> str | None:
    """Median, and 5th to 95th percentile."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    low, middle, high = np.percentile(known, [5, 50, 95])
    return f"median {middle:.{digits}f}, 90% of the time {low:.{digits}f} to {high:.{digits}f}"


def _range(values: Sequence[float | None], unit: str) -> str | None:
    """How wide the middle nine tenths are."""
    known = [v for v in values if v is not None]
    if not known:
        return None
    low, high = np.percentile(known, [5, 95])
    return f"{high - low:.0f}{unit}"
