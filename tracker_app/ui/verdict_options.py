"""What can be said of a pair, as buttons on one line from left to right, and beside it."""

from dataclasses import dataclass

from tracker_app.chat.conversation import Verdict
from tracker_app.records import Choice
from tracker_app.study.study import RatingRules
from tracker_app.ui.choice_row import Option
from tracker_app.ui.texts import tr

LEFT, RIGHT = 1, 2


@dataclass(frozen=True, slots=True)
class VerdictOption:
    """A button, and what it stands for."""

    option: Option
    verdict: Verdict


def verdict_options(rules: RatingRules) -> list[VerdictOption]:
    """The options in their order; that both are bad is no point on the line, and comes last."""
    tie = [_option("prefer_tie", tr("The same"), tr("Both are about the same"), Choice.TIE)]
    bad = [_option("prefer_both_bad", tr("Both bad"), tr("Both answers are bad"), Choice.BOTH_BAD)]
    is_graded = rules.choice == "graded"
    left, right = (_graded if is_graded else _forced)()
    return [*left, *(tie if rules.tie else []), *right, *(bad if rules.both_bad else [])]


def _forced() -> tuple[list[VerdictOption], list[VerdictOption]]:
    left, right = tr("The left answer is better"), tr("The right answer is better")
    return (
        [_option("prefer_1", tr("Left"), left, Choice.BETTER, LEFT)],
        [_option("prefer_2", tr("Right"), right, Choice.BETTER, RIGHT)],
    )


def _graded() -> tuple[list[VerdictOption], list[VerdictOption]]:
    much, slightly = Choice.MUCH_BETTER, Choice.SLIGHTLY_BETTER
    return (
        [
            _option("prefer_1_much", tr("Much"), tr("The left is much better"), much, LEFT),
            _option(
                "prefer_1_slightly",
                tr("Slightly"),
                tr("The left is slightly better"),
                slightly,
                LEFT,
            ),
        ],
        [
            _option(
                "prefer_2_slightly",
                tr("Slightly"),
                tr("The right is slightly better"),
                slightly,
                RIGHT,
            ),
            _option("prefer_2_much", tr("Much"), tr("The right is much better"), much, RIGHT),
        ],
    )


def _option(
    name: str, caption: str, says: str, choice: Choice, side: int | None = None
) -> VerdictOption:
    return VerdictOption(Option(name, caption, says), Verdict(choice, side))
