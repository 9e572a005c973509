"""What the calibration says: its invitation and its verdict, in plain words."""

from collections.abc import Sequence

from calibration.errors import CalibrationError, DegenerateTargetsError, NotEnoughSamplesError
from calibration.geometry import Screen
from calibration.looks import Look, Use
from calibration.outcome import CalibrationOutcome, TargetError, TargetResult
from calibration.routine import Timing
from calibration.targets import HEAD, VALIDATION
from tracker_app.session.eyes import Attempt
from tracker_app.study.gate import Choices
from tracker_app.study.study import CalibrationRules, Study
from tracker_app.ui.calibration_result import PointRow, Verdict
from tracker_app.ui.coordinates import PhysicalRect
from tracker_app.ui.texts import number, tr

WEAK_SHARE = 0.6  # a point whose samples were mostly lost


def invitation(rules: CalibrationRules) -> tuple[str, list[str]]:
    """Title and lines before the first calibration."""
    lines = [tr("Dots appear one after another. Look at each dot until it is gone."), _sit()]
    if rules.head_movement:
        lines.append(tr("Near the end you move your head a little, with your eyes on a dot."))
    lines.append(tr("It takes about {seconds} seconds.", seconds=_seconds(rules)))
    return tr("Teach the camera where you look"), lines


def welcome_back() -> tuple[str, list[str]]:
    """Title and lines where an earlier calibration may still hold."""
    title = tr("Let us see whether your last calibration still fits")
    look = tr("Five dots appear one after another. Look at each dot until it is gone.")
    return title, [look, _sit()]


def does_not_fit(rules: CalibrationRules) -> tuple[str, list[str]]:
    """Title and lines after an earlier calibration was found not to hold."""
    _, lines = invitation(rules)
    return tr("Your last calibration does not fit today. Let us make a new one"), lines


def reason_of(error: CalibrationError) -> str:
    """Why there is no outcome, and what to do."""
    if isinstance(error, NotEnoughSamplesError):
        return tr("Your eyes were not seen at enough dots. Check the light, then redo all.")
    if isinstance(error, DegenerateTargetsError):
        return tr("The dots at which your eyes were seen lie on one line. Please redo all.")
    return str(error)


def _sit() -> str:
    return tr("Sit as you will sit while reading. Blinking is fine.")


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
        headline=tr("Calibration is running"),
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
    state = tr("now") if is_now else _use(look.use) if is_over else ""
    share = look.valid_samples / len(look.samples) if look.samples else 0.0
    return PointRow(
        number=look.number,
        x_px=float(x_px),
        y_px=float(y_px),
        name=_place_on(screen, float(x_px), float(y_px)),
        error_px=0.0 if is_over and look.is_seen else None,
        error=state,
        spread="",
        seen=_percent(share) if is_over else "",
        is_weak=is_over and (not look.is_seen or share < WEAK_SHARE),
    )


def _use(use: Use) -> str:
    match use:
        case Use.FIT:
            return tr("fitted")
        case Use.HEAD:
            return tr("head moving")
        case Use.VALIDATE:
            return tr("held out")


def _headline(outcome: CalibrationOutcome | None, choices: Choices, *, has_weak: bool) -> str:
    if choices.may_accept:
        return tr("Good, but not everywhere") if has_weak else tr("Good")
    if choices.is_over:
        return tr("Your gaze cannot be followed well enough here")
    return tr("That is not very exact yet") if outcome is not None else tr("That did not work")


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
        said.append(reason or tr("Your eyes were not seen at the last dots."))
    else:
        size = {
            "degrees": number(outcome.accuracy_deg, 1),
            "pixels": round(outcome.accuracy_px),
        }
        said.append(
            tr(
                "We can tell where you look to within about {degrees} degrees ({pixels} px).",
                **size,
            )
            if choices.may_accept
            else tr("We are off by about {degrees} degrees ({pixels} px).", **size)
        )
    if choices.is_over:
        said.append(tr("Often the light makes it hard for the camera. It is not about you."))
        said.append(
            tr("You can go on with the calibration you have.")
            if keeps_earlier
            else tr("You can go on; your eyes are not followed then.")
        )
        if leaving_is_paid:
            said.append(tr("You can stop now and still be paid for your time."))
    elif not choices.may_accept:
        said.append(tr("More light in front of you often helps."))
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
        error=f"{number(error.accuracy_deg, 1)}°" if error else tr("not seen"),
        spread=_spread(error) if error else "",
        seen=_percent(target.valid_share),
        is_weak=is_weak,
    )


def _spread(error: TargetError) -> str:
    least, most = number(error.least_deg, 1), number(error.most_deg, 1)
    return tr("{least} to {most}°", least=least, most=most)


def _percent(share: float) -> str:
    return tr("{n}%", n=round(100 * share))


def _place_on(screen: Screen, x_px: float, y_px: float) -> str:
    """Where a point is, as people say it."""
    x, y = (x_px - screen.x_px) / screen.width_px, (y_px - screen.y_px) / screen.height_px
    row = "upper" if y < 0.4 else "lower" if y > 0.6 else ""
    column = "left" if x < 0.4 else "right" if x > 0.6 else ""
    is_corner = max(abs(x - 0.5), abs(y - 0.5)) > 0.35
    return {
        ("upper", "left"): tr("Upper left corner") if is_corner else tr("Upper left"),
        ("upper", "right"): tr("Upper right corner") if is_corner else tr("Upper right"),
        ("lower", "left"): tr("Lower left corner") if is_corner else tr("Lower left"),
        ("lower", "right"): tr("Lower right corner") if is_corner else tr("Lower right"),
        ("upper", ""): tr("Upper middle"),
        ("lower", ""): tr("Lower middle"),
        ("", "left"): tr("Left middle"),
        ("", "right"): tr("Right middle"),
    }.get((row, column), tr("Middle"))
