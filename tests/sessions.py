"""Whole recorded sessions, written by a program: nobody sat before a camera for them.

`build_session` gives what a two-column study leaves behind: a calibration that is repeated once,
turns with two answers, dots to look at before and after them, eyes that read along the laid-out
lines, a mouse that rests, scrolls and clicks, a pause, a lost stretch and a second clock segment
after a restart. From the second turn on the gaze of the calibration alone is off by `DRIFT_PX`,
and dots and clicks teach the corrected gaze to follow. Everything follows from `seed`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec
import numpy as np

from calibration.looks import Use
from calibration.metrics import mean_interval
from tracker_app import records as r
from tracker_app.aoi import Box, LayoutWriter, Page
from tracker_app.codec import Entry

MS = 1_000_000
S = 1_000 * MS
LINE_HEIGHT = 29.0
SPACE = 5.0  # logical pixels, as are the widths of letters below
NARROW, WIDE = frozenset("iljtfrI.,:;'()1"), frozenset("mwMW")
MARGIN = 12.0
COLUMN = 620
WIDTH_MM = 486.0  # of the screen, so that 58 px are 1.4 degrees at 601 mm
PX_PER_DEG = 58 / 1.4
DRIFT_PX = (28.0, 46.0)
DOTS = ((917.0, 250.0), (917.0, 620.0))  # between the columns
ASIDE = (917.0, 420.0)  # likewise: where the eyes wait
HELD_OUT = ((614.0, 302.0), (1382.0, 356.0), (518.0, 734.0), (1306.0, 799.0))
HEAD = ((960.0, 540.0), (288.0, 864.0), (1632.0, 216.0))
QUESTIONS = (
    "Why are there two high tides a day, and not one?",
    "Does that mean the far side is pulled away from the Earth?",
    "And what would happen without the moon?",
)
ANSWERS = (
    "The moon pulls on every part of the Earth, but not equally. The side that faces it is pulled "
    "a little more than the centre, and the far side a little less. These differences stretch the "
    "oceans into two bulges, one below the moon and one on the opposite side. As the Earth turns, "
    "each coast passes through both, so the water rises twice in a day.\n\n"
    "The sun does the same, at a bit less than half the strength. When both line up, at new and "
    "full moon, the two effects add and the tides are highest.",
    "Tides come from a difference in gravity, not from gravity itself:\n\n"
    "1. Near side: pulled more than the centre.\n"
    "2. Far side: pulled less, so it lags behind.\n"
    "3. Result: two bulges, hence two high tides about 12 h 25 min apart.\n\n"
    "Shores and sea floor then shape how high the water really gets.",
)


def _advance(word: str) -> float:
    return sum(5.0 if c in NARROW else 14.0 if c in WIDE else 9.5 for c in word)


def layout_of(
    message_id: str, text: str, width: float, version: int = 1, t_ns: int = 0
) -> r.Layout:
    """A complete layout of words wrapped at `width` logical pixels, about as a view would."""
    writer = LayoutWriter(message_id)
    for _ in range(version):
        layout = writer.write(text, boxes_of(text, width), t_ns, is_finished=True)
    return layout


def message_of(
    message_id: str, text: str, t_ns: int = 0, turn: int = 0, side: int = 1
) -> r.Message:
    """A complete answer without markup."""
    return r.Message(
        t_ns=t_ns,
        message_id=message_id,
        turn=turn,
        side=side,
        raw=text,
        displayed=text,
        displayed_sha256=sha256(text.encode()).hexdigest(),
        map_displayed_start=(0,),
        map_displayed_end=(len(text),),
        map_raw_start=(0,),
        map_raw_end=(len(text),),
        finish_reason="stop",
        is_truncated=False,
        usage={"completion_tokens": len(text) // 4},
    )


def boxes_of(text: str, width: float) -> tuple[Box, ...]:
    """The boxes of words wrapped at `width` logical pixels."""
    boxes: list[Box] = []
    x, line, previous_end, paragraph = MARGIN, 0, 0, 0
    for number, word in enumerate(re.finditer(r"\S+", text)):
        breaks = text[previous_end : word.start()].count("\n")
        widths = tuple(_advance(c) for c in word.group())
        paragraph += breaks
        if boxes and (breaks or x + sum(widths) > width - MARGIN):
            line, x = line + max(breaks, 1), MARGIN
        boxes.append(
            Box(
                word=number,
                start=word.start(),
                end=word.end(),
                line=line,
                paragraph=paragraph,
                left=x,
                top=MARGIN + line * LINE_HEIGHT,
                height=LINE_HEIGHT,
                is_rtl=False,
                cluster_length=(1,) * len(widths),
                cluster_width=widths,
            )
        )
        x, previous_end = x + sum(widths) + SPACE, word.end()
    return tuple(boxes)


def centre_of(page: Page, placement: r.Placement, word: int) -> tuple[float, float]:
    """The middle of a word that stands on one line, physical pixels."""
    box = int(np.searchsorted(page.box_word, word))
    rects, ratio = page.box_rects, placement.pixel_ratio
    return (
        placement.origin_x_px + ratio * float(rects.left[box] + rects.right[box]) / 2,
        placement.origin_y_px + ratio * float(rects.top[box] + rects.bottom[box]) / 2,
    )


def placement_of(
    message_id: str,
    version: int = 1,
    t_ns: int = 0,
    origin: tuple[float, float] = (0, 0),
    ratio: float = 1.0,
    clip: tuple[float, float, float, float] = (0, 0, 0, 0),
) -> r.Placement:
    """A page at `origin`, seen through `clip` (x, y, width, height), physical pixels."""
    return r.Placement(
        t_ns=t_ns,
        message_id=message_id,
        version=version,
        origin_x_px=origin[0],
        origin_y_px=origin[1],
        pixel_ratio=ratio,
        clip_x_px=clip[0],
        clip_y_px=clip[1],
        clip_width_px=clip[2],
        clip_height_px=clip[3],
    )


@dataclass(frozen=True, slots=True)
class Script:
    """What happens in a session."""

    turns: int = 2
    reading_s: float = 12.0
    seed: int = 1
    is_simulated: bool = False
    has_resume: bool = True
    questions: tuple[str, ...] = QUESTIONS
    answers: tuple[str, ...] = ANSWERS


def build_session(script: Script = Script()) -> list[Entry]:
    """The entries of one session, in order of time."""
    return _Recorder(script).run()


def with_changes(entries: Sequence[Entry], of: type[r.Record], /, **changes: object) -> list[Entry]:
    """The entries with every record of a type changed."""
    return [
        replace(e, record=msgspec.structs.replace(e.record, **changes))
        if isinstance(e.record, of)
        else e
        for e in entries
    ]


class _Recorder:
    """Plays a script and keeps what the app would have recorded."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.rng = np.random.default_rng(script.seed)
        self.provenance = (
            r.GazeProvenance.SIMULATED if script.is_simulated else r.GazeProvenance.CAMERA
        )
        self.entries: list[Entry] = []
        self.indices: Counter[tuple[int, str]] = Counter()
        self.segment = 0
        self.t = 5 * S
        self.frames = 0
        self.checks = 0
        self.learnt = 0  # number of the newest check used
        self.drift = (0.0, 0.0)  # of the gaze by the calibration alone

    def run(self) -> list[Entry]:
        self.begin(r.SegmentReason.START)
        self.add(
            r.Consent(
                t_ns=self.t,
                text_sha256="c" * 64,
                version="3",
                locale="en",
                ticks={"gaze": True, "mouse": True, "release": False},
            )
        )
        self.step("setup", 4)
        self.step("calibration", 1)
        self.calibrate()
        self.step("talk", 1)
        for turn in range(self.script.turns):
            if turn == 1 and self.script.has_resume:
                self.t = 2 * S  # a new process has a new clock
                self.segment += 1
                self.begin(r.SegmentReason.RESUME)
                self.step("talk", 1)
            if turn == 1:
                self.drift = DRIFT_PX
            self.show_dots()
            self.take_turn(turn)
        self.show_dots()
        self.step("feedback", 3)
        self.add(
            r.FormAnswer(
                t_ns=self.t,
                form="feedback",
                task=1,
                field="feedback",
                value="Clear answers, thank you.",
            )
        )
        self.step("thanks", 2)
        self.add(r.SessionEnd(t_ns=self.t, reason="finished"))
        return sorted(self.entries, key=lambda e: (e.segment, e.record.t_ns, e.stream, e.index))

    def add(self, record: r.Record) -> None:
        stream = r.stream_of(record)
        index = self.indices[self.segment, stream]
        self.indices[self.segment, stream] += 1
        self.entries.append(Entry(self.segment, stream, index, record))

    def step(self, name: str, duration_s: float) -> None:
        self.add(r.FlowStep(t_ns=self.t, step=name, task=1, event="done"))
        self.t += round(duration_s * S)

    def begin(self, reason: r.SegmentReason) -> None:
        utc_ns = 1_750_000_000 * S + self.segment * 400 * S
        self.add(
            r.ClockSegment(
                t_ns=self.t,
                id=self.segment,
                boot_id="boot",
                utc_ns=utc_ns,
                utc_offset_s=7200,
                tz="CEST",
                reason=reason,
            )
        )
        self.add(
            r.SessionInfo(
                t_ns=self.t,
                session_id=("sim_" if self.script.is_simulated else "") + "0197a5c0-tides",
                participant_id="p-41",
                study_id="tides-pilot",
                study_version="1",
                study_sha256="a" * 64,
                app_version="0.1.0",
                python_version="3.11.7",
                platform="Linux",
                is_simulated=self.script.is_simulated,
                settings={"render": "markdown"},
            )
        )
        self.open_devices()

    def open_devices(self) -> None:
        if self.script.is_simulated:
            self.add(r.SimulatedGaze(t_ns=self.t, look_at="mouse pointer", seed=7))
        size = {"x_px": 0.0, "y_px": 0.0, "width_px": 1920.0, "height_px": 1080.0}
        self.add(
            r.Monitor(
                t_ns=self.t,
                name="eDP-1",
                width_mm=WIDTH_MM,
                height_mm=273.0,
                pixel_ratio=1.25,
                refresh_hz=60.0,
                is_connected=True,
                **size,
            )
        )
        self.add(
            r.Window(
                t_ns=self.t,
                pixel_ratio=1.25,
                monitor="eDP-1",
                is_active=True,
                is_minimised=False,
                **size,
            )
        )
        self.add(
            r.Appearance(
                t_ns=self.t,
                theme=r.Theme.LIGHT,
                preset="chat",
                text_family="Noto Sans",
                text_size=18.0,
                line_height=LINE_HEIGHT,
                code_family="Noto Sans Mono",
                logical_dpi=96.0,
                pixel_ratio=1.25,
                qt_version="6.8.1",
                platform="xcb",
            )
        )
        self.add(
            r.CameraInfo(
                t_ns=self.t, source="0", width_px=1280, height_px=720, rate_hz=30.0, backend="V4L2"
            )
        )

    def calibrate(self) -> None:
        """An attempt that was too far off and was repeated, then one that was accepted."""
        self.attempt(1, 2.3)
        self.add(r.OperatorAction(t_ns=self.t, action="repeat", detail="calibration"))
        self.attempt(2, 1.0)

    def attempt(self, number: int, worse: float) -> None:
        grid = [(x, y) for y in (108.0, 540.0, 972.0) for x in (192.0, 960.0, 1728.0)]
        for use, points in ((Use.FIT, grid), (Use.HEAD, HEAD), (Use.VALIDATE, HELD_OUT)):
            for place, error_px in zip(points, (44.0, 52.0, 63.0, 73.0) * 3, strict=False):
                held_out = use is Use.VALIDATE
                self.target(number, use, place, worse * error_px if held_out else None)
        errors = [worse * error_px / PX_PER_DEG for error_px in (44.0, 52.0, 63.0, 73.0)]
        low, high = mean_interval(errors) or (None, None)
        self.t += S
        self.add(
            r.CalibrationResult(
                t_ns=self.t,
                attempt=number,
                kind=r.CalibrationKind.NEW,
                is_accepted=worse == 1,
                decided_by="study" if worse > 1 else "participant",
                limit_deg=2.5,
                accuracy_px=58.0 * worse,
                accuracy_deg=1.4 * worse,
                accuracy_low_deg=low,
                accuracy_high_deg=high,
                precision_rms_deg=0.5,
                precision_sd_deg=0.6,
                bcea_deg2=1.21,
                data_loss=0.02,
                head_coverage=0.88,
                distance_mm=601.0,
                pitch_mm=WIDTH_MM / 1920,
                estimator="patches-1",
                provenance=self.provenance,
            )
        )

    def target(
        self, attempt: int, use: Use, place: tuple[float, float], error_px: float | None
    ) -> None:
        error_deg = None if error_px is None else error_px / PX_PER_DEG
        is_judged = error_deg is not None
        shown_ns, self.t = self.t, self.t + (4 if use is Use.HEAD else 1) * S + 600 * MS
        samples = round((self.t - shown_ns - 600 * MS) / S * 30)
        self.add(
            r.CalibrationTarget(
                t_ns=shown_ns,
                attempt=attempt,
                use=use,
                x_px=place[0],
                y_px=place[1],
                settled_t_ns=shown_ns + 600 * MS,
                end_t_ns=self.t,
                samples=samples,
                valid_samples=samples - 1,
                is_seen=True,
                accuracy_px=error_px,
                accuracy_deg=error_deg,
                least_error_deg=None if error_deg is None else error_deg / 3,
                most_error_deg=None if error_deg is None else error_deg * 2,
                sd_error_deg=0.4 if is_judged else None,
                precision_rms_deg=0.5 if is_judged else None,
                precision_sd_deg=0.6 if is_judged else None,
                bcea_deg2=1.21 if is_judged else None,
            )
        )

    # --- points that were looked at ------------------------------------------------------------

    def show_dots(self) -> None:
        for place in DOTS:
            shown_ns = self.t
            for _ in range(36):
                self.t += round(S / 30)
                self.frame(*(place + self.rng.normal(0, 12, 2)))
            self.check(r.GazeCheckKind.DOT, "", place, shown_ns)

    def wait(self, duration_s: float) -> None:
        """Look beside the texts."""
        for _ in range(int(duration_s * 30)):
            self.t += round(S / 30)
            self.frame(*ASIDE)

    def click(self, element: str, place: tuple[float, float]) -> None:
        """The eyes often leave before a click."""
        self.check(r.GazeCheckKind.CLICK, element, place, self.t - 300 * MS)

    def check(
        self, kind: r.GazeCheckKind, element: str, place: tuple[float, float], begin_ns: int
    ) -> None:
        """Judge the gaze at a point, then learn from it unless it was not looked at."""
        is_dot = kind is r.GazeCheckKind.DOT
        has_left = not is_dot and self.checks % 4 == 3
        bias = self.rng.normal(0, 300 if has_left else 28, 2)
        lag = 0.25 if self.learnt else 1.0  # of the drift, once something was learnt
        errors = [bias + np.array(self.drift) * share for share in (1.0, lag)]
        self.checks += 1
        self.add(
            r.GazeCheck(
                t_ns=begin_ns,
                number=self.checks,
                kind=kind,
                element=element,
                x_px=place[0],
                y_px=place[1],
                end_t_ns=self.t,
                samples=36 if is_dot else 9,
                valid_samples=35 if is_dot else 9,
                model=self.learnt,
                error_x_px=float(errors[0][0]),
                error_y_px=float(errors[0][1]),
                error_deg=float(np.hypot(*errors[0]) / PX_PER_DEG + 0.1),
                corrected_error_x_px=float(errors[1][0]),
                corrected_error_y_px=float(errors[1][1]),
                corrected_error_deg=float(np.hypot(*errors[1]) / PX_PER_DEG + 0.1),
                trust=0.21 if has_left else 0.94,
                is_used=not has_left,
            )
        )
        if not has_left:
            self.learnt = self.checks

    # --- one turn ------------------------------------------------------------------------------

    def take_turn(self, turn: int) -> None:
        questions, answers = self.script.questions, self.script.answers
        self.add(
            r.Turn(
                t_ns=self.t, turn=turn, task=1, opener="", question=questions[turn % len(questions)]
            )
        )
        layouts = []
        for side in (1, 2):
            text = answers[(turn + side - 1) % len(answers)]
            self.answer(turn, side, text)
            layouts.append(self.show(turn, side, text))
        for side, (layout, placement) in enumerate(layouts, start=1):
            self.read(layout, placement, self.script.reading_s / side)
        if turn == 0:
            self.lose_and_pause()
        for side in (1, 2):
            self.wait(1)
            self.add(
                r.Rating(
                    t_ns=self.t, message_id=f"t{turn}r{side}", turn=turn, side=side, value=6 - side
                )
            )
            self.click(f"rate_{side}_{6 - side}", (300.0 + 900 * (side - 1), 980.0))
        self.wait(1)
        self.add(
            r.Preference(
                t_ns=self.t, turn=turn, choice=r.Choice.BETTER, preferred_side=1 + turn % 2
            )
        )
        self.add(r.TurnRated(t_ns=self.t, turn=turn))

    def answer(self, turn: int, side: int, text: str) -> None:
        message_id, asked = f"t{turn}r{side}", self.t
        self.add(
            r.ModelRequest(
                t_ns=asked,
                message_id=message_id,
                turn=turn,
                side=side,
                provider="scripted",
                model=f"model-{side}",
                treatment="",
                messages=[{"role": "user", "content": self.script.questions[0]}],
                parameters={"temperature": "0.7"},
            )
        )
        for end in range(0, len(text), 12):
            self.t += 40 * MS
            arrival = r.TokenArrival(
                t_ns=self.t, message_id=message_id, end=min(end + 12, len(text))
            )
            self.add(arrival)
        self.add(message_of(message_id, text, t_ns=self.t, turn=turn, side=side))
        arrived_ns, self.t = self.t, asked
        self.wait((arrived_ns - asked) / S)
        self.t = arrived_ns

    def show(self, turn: int, side: int, text: str) -> tuple[r.Layout, r.Placement]:
        message_id, x = f"t{turn}r{side}", 80.0 + (side - 1) * 900.0
        layout = layout_of(message_id, text, COLUMN, t_ns=self.t)
        placement = placement_of(
            message_id,
            t_ns=self.t,
            origin=(x, 160),
            ratio=1.25,
            clip=(x, 160, COLUMN * 1.25, 760),
        )
        self.add(layout)
        self.add(placement)
        return layout, placement

    def read(self, layout: r.Layout, placement: r.Placement, duration_s: float) -> None:
        """Fixate word after word for 7 frames each, skipping short ones, and start over."""
        words = [w for w in range(len(layout.start)) if layout.end[w] - layout.start[w] > 3]
        pause_ns = round(S / 30)
        for n in range(round(duration_s * 30)):
            self.t += pause_ns + int(self.rng.normal(0, 2 * MS))
            x = y = None
            if words:
                word = words[n // 7 % len(words)]
                x, y = self.centre(layout, placement, word)
                x, y = x + self.rng.normal(0, 8), y + self.rng.normal(0, 6)
            self.frame(None if n % 97 == 96 else x, y)
            if n % 3 == 0:
                self.mouse(r.MouseKind.MOVE, 400.0 + n % 200, 500.0)
        self.mouse(r.MouseKind.PRESS, 420.0, 980.0)

    def centre(self, layout: r.Layout, placement: r.Placement, word: int) -> tuple[float, float]:
        return centre_of(Page.of(layout), placement, word)

    def frame(self, x: float | None, y: float | None) -> None:
        self.frames += 1
        is_seen = x is not None
        self.add(
            r.Frame(
                t_ns=self.t,
                number=self.frames,
                result_t_ns=self.t + 14 * MS + int(self.rng.exponential(2 * MS)),
                position_ms=None,
                dropped=int(self.frames % 50 == 0),
                has_face=is_seen,
                other_faces=0,
                is_blinking=False,
                brightness=float(self.rng.normal(0.5, 0.03)) if is_seen else None,
                yaw_deg=float(self.rng.normal(1, 4)) if is_seen else None,
                pitch_deg=float(self.rng.normal(-4, 2)) if is_seen else None,
                roll_deg=0.3 if is_seen else None,
                head_x_mm=float(self.rng.normal(3, 12)) if is_seen else None,
                head_y_mm=float(self.rng.normal(10, 6)) if is_seen else None,
                distance_mm=600.0 + float(self.rng.normal(0, 5)) if is_seen else None,
                eye_openness=0.8 if is_seen else None,
            )
        )
        y = y if is_seen else None
        self.add(
            r.GazeSample(
                t_ns=self.t,
                frame=self.frames,
                model=self.learnt,
                x_px=None if x is None else x + self.drift[0],
                y_px=None if y is None else y + self.drift[1],
                corrected_x_px=x,
                corrected_y_px=y,
                filtered_x_px=x,
                filtered_y_px=y,
                sd_x_px=42.0 if is_seen else None,
                sd_y_px=55.0 if is_seen else None,
                correlation=0.1 if is_seen else None,
                confidence=0.86 if is_seen else 0.0,
                is_pose_in_range=is_seen,
                is_off_window=False,
                provenance=self.provenance,
            )
        )

    def mouse(self, kind: r.MouseKind, x: float, y: float) -> None:
        is_inside = bool(self.rng.random() > 0.05)
        self.add(
            r.MouseEvent(
                t_ns=self.t,
                received_t_ns=self.t + 2_000_000,
                kind=kind,
                is_inside=is_inside,
                x_px=x if is_inside else None,
                y_px=y if is_inside else None,
                button="left" if is_inside and kind is r.MouseKind.PRESS else None,
                wheel_x=None,
                wheel_y=None,
            )
        )

    def lose_and_pause(self) -> None:
        self.add(
            r.Gap(
                t_ns=self.t,
                source="camera",
                end_t_ns=self.t + 2 * S,
                lost=60,
                reason="The camera stopped delivering frames.",
            )
        )
        self.t += 3 * S
        for is_on, reason in ((False, "paused by the participant"), (True, "resumed")):
            self.add(r.Recording(t_ns=self.t, is_on=is_on, source="all", reason=reason))
            self.t += 4 * S
