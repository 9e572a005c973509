"""What the calibration says: its invitation and its verdict, in plain words."""

from collections.abc import Sequence

from calibration.geometry import Screen
from calibration.looks import Look, Use
from calibration.outcome import CalibrationOutcome, TargetResult
from calibration.routine import Timing
from calibration.targets import HEAD, VALIDATION
from tracker_app.session.eyes import Attempt
from tracker_app.study.gate import Choices
from tracker_app.study.study import CalibrationRules, Study
from tracker_app.ui.calibration_result import PointRow, Verdict
from tracker_app.ui.coordinates import PhysicalRect

LOOK = "Dots appear one after another. Look at each dot until it is gone."
SIT = "Sit as you will sit while reading. Blinking is fine."
MOVE = "Near the end you move your head a little, with your eyes on a dot."
NOT_ABOUT_YOU = "Often the light makes it hard for the camera. It is not about you."
GO_ON_WITHOUT = "You can go on; your eyes are not followed then."
GO_ON_AS_BEFORE = "You can go on with the calibration you have."
MORE_LIGHT = "More light in front of you often helps."
STILL_PAID = "You can stop now and still be paid for your time."
WEAK_SHARE = 0.6  # a point whose samples were mostly lost
USES = {Use.FIT: "fitted", Use.HEAD: "head moving", Use.VALIDATE: "held out"}


def invitation(rules: CalibrationRules) -> tuple[str, list[str]]:
    """Title and lines before the first calibration."""
    lines = [LOOK, SIT, *([MOVE] if rules.head_movement else [])]
    return "Teach the camera where you look", [*lines, f"It takes about {_seconds(rules)} seconds."]


def welcome_back() -> tuple[str, list[str]]:
    """Title and lines where an earlier calibration may still hold."""
    title = "Let us see whether your last calibration still fits"
    return title, ["Five dots appear one after another. Look at each dot until it is gone.", SIT]


def does_not_fit(rules: CalibrationRules) -> tuple[str, list[str]]:
    """Title and lines after an earlier calibration was found not to hold."""
    _, lines = invitation(rules)
    return "Your last calibration does not fit today. Let us make a new one", lines


def _seconds(rules: CalibrationRules) -> int:
    timing = Timing()
    still = (rules.points + len(VALIDATION)) * (rules.settle_s + rules.collect_s)
    moving = timing.prepare_s + len(HEAD) * (rules.settle_s + timing.head_s)
    return 5 * round((still + (moving if rules.head_movement else 0.0)) / 5)


def verdict(
    attempt: Attempt,
    study: Study,
    choices: Choices,
    reason: str,
    note: str,
    *,
    keeps_earlier: bool,
) -> Verdict:
    """What the result page says.

    Args:
        attempt: that was made.
        study: says how good is good enough, and whether leaving is paid.
        choices: what is offered.
        reason: why there is no outcome.
        note: that this is a simulation, or nothing.
        keeps_earlier: gaze can go on by a calibration of before.
    """
    outcome, screen, limit_deg = attempt.outcome, attempt.screen, study.calibration.max_error_deg
    shown = [t for t in attempt.targets if t.use is Use.VALIDATE or not t.is_seen]
    shown.sort(key=lambda t: (round(t.y_px / screen.height_px, 1), t.x_px))  # as one reads
    rows = tuple(_row(t, screen, limit_deg) for t in shown)
    return Verdict(
        headline=_headline(outcome, choices, has_weak=any(row.is_weak for row in rows)),
        detail=" ".join(
            _details(
                outcome,
                choices,
                reason,
                keeps_earlier=keeps_earlier,
                leaving_is_paid=study.completion.leaving_is_paid,
            )
        ),
        note=note,
        points=rows,
        screen=PhysicalRect(screen.x_px, screen.y_px, screen.width_px, screen.height_px),
        may_accept=choices.may_accept,
        may_repeat=choices.may_repeat,
    )


def so_far(looks: Sequence[Look], screen: Screen, current: int) -> Verdict:
    """How a routine stands, for who watches it: each point with the share of eyes seen."""
    return Verdict(
        headline="Calibration is running",
        detail="",
        note="",
        points=tuple(_running(look, screen, is_now=look.number == current) for look in looks),
        screen=PhysicalRect(screen.x_px, screen.y_px, screen.width_px, screen.height_px),
        may_accept=False,
        may_repeat=False,
    )


def _running(look: Look, screen: Screen, *, is_now: bool) -> PointRow:
    x_px, y_px = look.place_px
    is_over = look.end_ns > 0 and look.shown_ns is not None and not is_now
    state = "now" if is_now else USES[look.use] if is_over else ""
    share = look.valid_samples / len(look.samples) if look.samples else 0.0
    return PointRow(
        number=look.number,
        x_px=float(x_px),
        y_px=float(y_px),
        name=_place_on(screen, float(x_px), float(y_px)),
        error_px=0.0 if is_over and look.is_seen else None,
        error=state,
        spread="",
        seen=f"{share:.0%}" if is_over else "",
        is_weak=is_over and (not look.is_seen or share < WEAK_SHARE),
    )


def _headline(outcome: CalibrationOutcome | None, choices: Choices, *, has_weak: bool) -> str:
    if choices.may_accept:
        return "Good, but not everywhere" if has_weak else "Good"
    if choices.is_over:
        return "Your gaze cannot be followed well enough here"
    return "That is not very exact yet" if outcome is not None else "That did not work"


def _details(
    outcome: CalibrationOutcome | None,
    choices: Choices,
    reason: str,
    *,
    keeps_earlier: bool,
    leaving_is_paid: bool,
) -> list[str]:
    said = []
    if outcome is None or outcome.accuracy_deg is None or outcome.accuracy_px is None:
        said.append(reason or "Your eyes were not seen at the last dots.")
    else:
        size = f"about {outcome.accuracy_deg:.1f} degrees ({outcome.accuracy_px:.0f} px)"
        said.append(
            f"We can tell where you look to within {size}."
            if choices.may_accept
            else f"We are off by {size}."
        )
    if choices.is_over:
        said += [NOT_ABOUT_YOU, GO_ON_AS_BEFORE if keeps_earlier else GO_ON_WITHOUT]
        said += [STILL_PAID] if leaving_is_paid else []
    elif not choices.may_accept:
        said.append(MORE_LIGHT)
    return said


def _row(target: TargetResult, screen: Screen, limit_deg: float) -> PointRow:
    error = target.error
    is_weak = target.valid_share < WEAK_SHARE or not target.is_seen
    if error is not None:
        is_weak = is_weak or error.accuracy_deg > limit_deg
    return PointRow(
        number=target.number,
        x_px=target.x_px,
        y_px=target.y_px,
        name=_place_on(screen, target.x_px, target.y_px),
        error_px=error.accuracy_px if error else None,
        error=f"{error.accuracy_deg:.1f}°" if error else "not seen",
        spread=f"{error.least_deg:.1f} to {error.most_deg:.1f}°" if error else "",
        seen=f"{target.valid_share:.0%}",
        is_weak=is_weak,
    )


def _place_on(screen: Screen, x_px: float, y_px: float) -> str:
    """Where a point is, as people say it."""
    x, y = (x_px - screen.x_px) / screen.width_px, (y_px - screen.y_px) / screen.height_px
    corner = " corner" if max(abs(x - 0.5), abs(y - 0.5)) > 0.35 else ""
    rows = "Upper" if y < 0.4 else "Lower" if y > 0.6 else ""
    columns = "left" if x < 0.4 else "right" if x > 0.6 else ""
    if rows and columns:
        return f"{rows} {columns}{corner}"
    if rows or columns:
        return f"{rows or columns.capitalize()} middle"
    return "Middle"
