"""Quality figures as a table a tired person can read: value, verdict, one sentence.

The limits come from what this hardware does when all is well (30 frames a second, a face in
nearly all of them) and from published webcam accuracy: 2.3 degrees is better than most studies
report for people who sit still, 4.3 than most report over all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tracker_app.aoi import Level
from tracker_app.dataset.axis import counted, duration_text
from tracker_app.dataset.checks import MeanError
from tracker_app.dataset.quality import Quality

Verdict = Literal["good", "fair", "poor", "none"]
MOST = 0.5  # share of the samples on text from which a unit counts as told
WORDS: dict[Verdict, str] = {"good": "Good", "fair": "Fair", "poor": "Poor", "none": "\N{EN DASH}"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of the quality table."""

    name: str
    value: str
    verdict: Verdict
    sentence: str

    @property
    def word(self) -> str:
        """The verdict in words: never told by colour alone."""
        return WORDS[self.verdict]


@dataclass(frozen=True, slots=True)
class _Limits:
    """Where good ends and where fair ends; beyond lies poor."""

    good: float
    fair: float
    good_says: str
    fair_says: str
    poor_says: str

    def judge(self, name: str, value: str, figure: float) -> Judged:
        sign = 1 if self.good < self.fair else -1  # small is good, or large is
        if sign * figure <= sign * self.good:
            return Judged(name, value, "good", self.good_says)
        if sign * figure <= sign * self.fair:
            return Judged(name, value, "fair", self.fair_says)
        return Judged(name, value, "poor", self.poor_says)


_RATE = _Limits(
    24,
    14,
    "Fast enough to see fixations.",
    "Short fixations are missed.",
    "Too slow for fixations.",
)
_JITTER = _Limits(
    8, 20, "Frames came evenly.", "Frames came unevenly.", "The computer was too busy at times."
)
_DROPPED = _Limits(
    0.01, 0.05, "Nearly no frame was lost.", "Some frames were lost.", "Many frames were lost."
)
_DELAY = _Limits(
    50, 100, "Gaze kept up with the camera.", "Gaze lagged at times.", "Gaze lagged behind."
)
_FACE = _Limits(
    0.95,
    0.8,
    "The face was in view nearly always.",
    "The face left the picture at times.",
    "The face was often out of view or in the dark.",
)
_LOSS = _Limits(
    0.05,
    0.2,
    "Few samples are missing.",
    "Some samples are missing; look where.",
    "Too much is missing for measures that need continuous gaze.",
)
_CONFIDENCE = _Limits(
    0.4,
    0.2,
    "Frames were like those of the calibration.",
    "Heads or light had changed since the calibration.",
    "Hardly a frame was like those of the calibration.",
)
_ACCURACY = _Limits(
    2.3,
    4.3,
    "As good as a webcam gets. Trust paragraphs, and lines where they are wide apart.",
    "Trust paragraphs and sides, not lines.",
    "Trust at most which answer was looked at.",
)
_PRECISION = _Limits(0.7, 1.5, "Steady gaze.", "Some noise.", "Very noisy gaze.")


def judge(quality: Quality, told: dict[Level, float] | None) -> list[Judged]:
    """The rows of the quality table, gaze first.

    Args:
        quality: the session's figures.
        told: share of the gaze on text that tells paragraphs, lines and words, if any was.
    """
    return [
        *_judge_calibration(quality),
        *_judge_checks(quality),
        *_judge_gaze(quality),
        *([_judge_told(told)] if told is not None else []),
        *_judge_frames(quality),
        _judge_mouse(quality),
        _judge_losses(quality),
        *_judge_redactions(quality),
    ]


def _missing(name: str, sentence: str) -> Judged:
    return Judged(name, "none", "none", sentence)


def _share_text(share: float) -> str:
    return f"{share:.1%}"


def _figure(
    limits: _Limits, name: str, figure: float | None, text: Callable[[float], str], missing: str
) -> Judged:
    return _missing(name, missing) if figure is None else limits.judge(name, text(figure), figure)


def _judge_calibration(q: Quality) -> list[Judged]:
    if q.accuracy_px is None and q.accuracy_deg is None:
        was = "No calibration was accepted." if q.calibrations else "There was no calibration."
        return [_missing("Calibration", was)]
    nothing = "It could not be measured."
    pixels = "" if q.accuracy_px is None else f" ({q.accuracy_px:.0f} px)"
    rows = [
        _figure(_ACCURACY, "Accuracy", q.accuracy_deg, lambda v: f"{v:.1f}°{pixels}", nothing),
        _figure(_PRECISION, "Precision (RMS)", q.precision_rms_deg, lambda v: f"{v:.2f}°", nothing),
    ]
    if q.accuracy_deg is None and q.accuracy_px is not None:
        says = "In degrees it is not known: the screen's size or the viewing distance is missing."
        rows[0] = Judged("Accuracy", f"{q.accuracy_px:.0f} px", "none", says)
    return _unjudged(rows) if q.is_simulated else rows


def _unjudged(rows: list[Judged]) -> list[Judged]:
    says = "Says nothing about people: a program moved the eyes."
    return [Judged(row.name, row.value, "none", says) for row in rows]


def _judge_checks(q: Quality) -> list[Judged]:
    """How good gaze stayed; clicks are counted, never judged by."""
    rows = [_missing("Error at dots", "No dot was shown: how good gaze stayed is not known.")]
    if q.dots:
        rows = [
            _judge_dots("Error at dots, calibrated", q.dot_error),
            _judge_dots("Error at dots, corrected", q.dot_corrected_error),
        ]
        rows = _unjudged(rows) if q.is_simulated else rows
    if q.clicks_used_share is not None:
        says = f"{q.clicks_used_share:.0%} of them taught the corrected gaze; they judge nothing."
        rows.append(Judged("Clicks", f"{q.clicks:,}", "none", says))
    return rows


def _judge_dots(name: str, error: MeanError) -> Judged:
    nothing = "The eyes were not seen at any dot."
    return _figure(_ACCURACY, name, error.mean_deg, lambda _: str(error), nothing)


def _judge_gaze(q: Quality) -> list[Judged]:
    if not q.gaze_samples:
        return [_missing("Gaze", "No gaze was recorded.")]
    nothing = "No sample has a position."
    return [
        _figure(_LOSS, "Data loss", q.data_loss, _share_text, nothing),
        _figure(_CONFIDENCE, "Confidence", q.median_confidence, lambda v: f"{v:.2f}", nothing),
        _figure(_RATE, "Gaze rate", q.gaze_rate_hz, lambda v: f"{v:.1f} Hz", nothing),
    ]


def _judge_told(told: dict[Level, float]) -> Judged:
    """The finest unit that most of the gaze on text can tell."""
    name = "Gaze tells"
    shares = ", ".join(f"{level}s in {told[level]:.0%}" for level in told)
    says = f"Of the samples on text: {shares}."
    verdicts: dict[Level, Verdict] = {
        Level.WORD: "good", Level.LINE: "good", Level.PARAGRAPH: "fair"
    }  # fmt: skip
    for level, verdict in verdicts.items():
        if told[level] >= MOST:
            return Judged(name, f"{level}s", verdict, says)
    return Judged(name, "sides", "poor", says)


def _judge_frames(q: Quality) -> list[Judged]:
    if not q.frames:
        return [_missing("Camera", "No camera frame was processed.")]
    nothing = "There were too few frames to tell."
    return [
        _figure(_FACE, "Face in view", q.face_share, _share_text, nothing),
        _figure(_RATE, "Camera rate", q.frame_rate_hz, lambda v: f"{v:.1f} Hz", nothing),
        _figure(_JITTER, "Frame jitter", q.frame_jitter_ms, lambda v: f"{v:.1f} ms", nothing),
        _figure(_DROPPED, "Frames dropped", q.dropped_share, _share_text, nothing),
        _figure(
            _DELAY, "Delay to gaze, 95%", q.result_delay_p95_ms, lambda v: f"{v:.0f} ms", nothing
        ),
        _judge_distance(q),
    ]


def _judge_distance(q: Quality) -> Judged:
    name = "Viewing distance"
    if q.distance_mm is None:
        return _missing(name, "The distance could not be estimated.")
    value = f"{q.distance_mm / 10:.0f} cm"
    if 450 <= q.distance_mm <= 800:
        return Judged(name, value, "good", "A usual distance for a laptop.")
    return Judged(name, value, "fair", "Unusual; errors in degrees and pixels drift apart.")


def _judge_mouse(q: Quality) -> Judged:
    name = "Mouse events"
    if q.mouse_inside_share is None:
        return _missing(name, "No mouse event was recorded.")
    says = f"{q.mouse_inside_share:.0%} inside the window; only those keep their position."
    return Judged(name, f"{q.mouse_events:,}", "none", says)


def _judge_losses(q: Quality) -> Judged:
    name = "Gaps"
    if not q.gaps and not q.frames and not q.mouse_events:
        return Judged(name, "0", "none", "There was nothing to lose.")
    if not q.gaps:
        return Judged(name, "0", "good", "No loss was noticed.")
    says = f"{q.lost_records:,} records are known to be lost in them; see “What is not here”."
    return Judged(name, str(q.gaps), "fair", says)


def _judge_redactions(q: Quality) -> list[Judged]:
    if not q.redacted_records:
        return []
    what = counted(q.redacted_spans, "span") if q.redacted_spans else "single records"
    says = (
        f"{q.redacted_records:,} records are not here on the participant's wish; that is no loss."
    )
    return [Judged("Deleted by the participant", what, "none", says)]


def summary(quality: Quality) -> str:
    """The session in two or three sentences."""
    q = quality
    if not q.segments:
        return "Nothing was recorded."
    talk = f"{counted(q.turns, 'turn')} and {counted(q.answers, 'answer')}"
    sentences = [f"{duration_text(q.duration_s)} were recorded, with {talk}."]
    if q.answers:
        sentences.append(
            "All answers were rated."
            if q.ratings >= q.answers
            else f"{q.ratings} of {q.answers} answers were rated."
        )
    if q.data_loss is None:
        sentences.append("No gaze was recorded.")
    else:
        sentences.append(f"{1 - q.data_loss:.0%} of the gaze samples have a position.")
    if q.redacted_spans:
        were = "was" if q.redacted_spans == 1 else "were"
        spans = counted(q.redacted_spans, "span")
        sentences.append(f"{spans} {were} deleted on the participant's wish.")
    return " ".join(sentences)
