"""How long a study takes, judged by what it asks; and a researcher's word for it compared.

Silent reading of non-fiction goes at 238 words a minute (Brysbaert, 2019, Journal of Memory and
Language 109). The other figures are rounded guesses, meant to tell 5 minutes from 20.
"""

from statistics import fmean

from calibration.targets import HEAD, VALIDATION
from tracker_app.study.flow import EYE_STEPS, Step, plan_of
from tracker_app.study.study import Study, TickId

WORDS_PER_MINUTE = 238
ANSWER_WORDS = 180
QUESTION_S = 30  # to think of one and write it
WAIT_S = 8  # for the answers
RATE_S = 8  # each answer
CHOOSE_S = 5
OTHER_S = {
    Step.SETUP: 20,
    Step.SUMMARY: 90,
    Step.KEY_SENTENCE: 30,
    Step.FEEDBACK: 30,
    Step.REVIEW: 40,
}


def minutes_needed(study: Study) -> int:
    """Minutes for the shortest way through a study, whole ones, at least 1."""
    return max(1, round(seconds_needed(study) / 60))


def seconds_needed(study: Study) -> float:
    """Seconds for the shortest way through a study."""
    return sum(_step_s(step, study) for step, _ in usual_stops(study))


def usual_stops(study: Study) -> list[tuple[Step, int]]:
    """The steps, with their tasks, of who enters a code if asked to and agrees to everything."""
    stops = plan_of(study, asks_code=study.access.entry == "code").stops
    looks = any(tick.id is TickId.GAZE for tick in study.consent.ticks)
    return [(step, task) for step, task in stops if looks or step not in EYE_STEPS]


def _step_s(step: Step, study: Study) -> float:
    match step:
        case Step.WELCOME:
            return 5 + _reading_s(study.welcome)
        case Step.CONSENT:
            return 5 + 3 * len(study.consent.ticks) + _reading_s(study.consent.text)
        case Step.QUESTIONNAIRE:
            return 8 * len(study.questionnaire.questions) if study.questionnaire else 0
        case Step.INSTRUCTIONS:
            return sum(3 + _reading_s(card.text) for card in study.instructions)
        case Step.CALIBRATION:
            return _calibration_s(study)
        case Step.TALK:
            return _talk_s(study)
        case _:
            return OTHER_S.get(step, 10)


def _calibration_s(study: Study) -> float:
    rules = study.calibration
    dots = rules.points + len(VALIDATION) + (len(HEAD) if rules.head_movement else 0)
    return 15 + dots * (rules.settle_s + rules.collect_s) + (15 if rules.head_movement else 0)


def _talk_s(study: Study) -> float:
    answers = study.answers_per_turn
    if study.items is not None:
        shown = len(study.fixed_items) or study.items.per_visit
        return min(study.items.per_visit, shown) * (_item_s(study) + _judging_s(study))
    reading = answers * ANSWER_WORDS / WORDS_PER_MINUTE * 60
    return study.talk.min_turns * (QUESTION_S + WAIT_S + reading + _judging_s(study))


def _item_s(study: Study) -> float:
    """Reading a prompt and the responses shown with it, in the mean over the items."""
    answers, items = study.answers_per_turn, study.fixed_items
    if not items:  # they could not be read
        return answers * ANSWER_WORDS / WORDS_PER_MINUTE * 60
    times = [
        _reading_s(item.prompt) + answers * fmean(_reading_s(r.text) for r in item.responses)
        for item in items
    ]
    return fmean(times)


def _judging_s(study: Study) -> float:
    dot = 3 if study.calibration.drift_check_every_turns else 0
    return study.answers_per_turn * RATE_S + CHOOSE_S + dot


def _reading_s(text: str) -> float:
    return len(text.split()) / WORDS_PER_MINUTE * 60
