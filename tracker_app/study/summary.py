"""What a valid study file comes to, for the researcher who wrote it."""

from typing import Any

from tracker_app.study.design import design_of, sessions_needed
from tracker_app.study.duration import minutes_needed, usual_stops
from tracker_app.study.flow import Step
from tracker_app.study.study import Study, TickId

STEPS = {
    Step.CODE: "code",
    Step.WELCOME: "welcome",
    Step.CONSENT: "consent",
    Step.QUESTIONNAIRE: "questionnaire",
    Step.INSTRUCTIONS: "instructions",
    Step.SETUP: "camera set-up",
    Step.CALIBRATION: "calibration",
    Step.TOPIC: "topic",
    Step.KNOWLEDGE_BEFORE: "knowledge before",
    Step.TALK: "talk",
    Step.KNOWLEDGE_AFTER: "knowledge after",
    Step.SUMMARY: "summary",
    Step.KEY_SENTENCE: "key sentence",
    Step.FEEDBACK: "feedback",
    Step.REVIEW: "review",
    Step.THANKS: "thanks",
}
ANSWERS = {1: "one answer", 2: "two answers side by side"}
EYES = {
    "geometry": "measurements of the eyes",
    "patches": "measurements and small pictures of the eyes",
}


def summary_of(study: Study) -> dict[str, Any]:
    """The figures, by name."""
    return {
        "id": study.id,
        "version": study.version,
        "title": study.title,
        "sha256": study.sha256,
        "steps": [_step(step, task, study) for step, task in usual_stops(study)],
        "mode": study.talk.mode,
        "turns": [study.talk.min_turns, study.talk.max_turns],
        "topics": len(study.topics),
        "models": [model.id for model in study.models],
        "items": _items(study),
        "sessions": sessions_needed(design_of(study)),
        "minutes_told": study.minutes,
        "minutes_needed": minutes_needed(study),
        "recorded": _recorded(study),
        "upload": study.recording.upload if study.server else None,
        "server": study.server.url if study.server else None,
    }


def summary_lines(study: Study) -> list[str]:
    """The summary as a person reads it."""
    found = summary_of(study)
    told, needed = found["minutes_told"], found["minutes_needed"]
    rows = {
        "study": f"{study.title} ({study.id}, version {study.version})",
        "hash": study.sha256,
        "steps": ", ".join(found["steps"]),
        **(_talk_rows(study) if study.items is None else {"items": _items_in_words(study)}),
        **(
            {"sessions": f"{found['sessions']} that are finished fill it"}
            if found["sessions"]
            else {}
        ),
        "time": f"about {needed} min by what is asked; people are told {told} min",
        "recorded": ", ".join(found["recorded"]),
        "data": _where(study),
    }
    return [f"{name + ':':<10}{value}" for name, value in rows.items()]


def _items(study: Study) -> dict[str, int] | None:
    rules = study.items
    if rules is None:
        return None
    n = len(study.fixed_items)
    return {"number": n, "raters": rules.raters, "per_visit": min(n, rules.per_visit)}


def _items_in_words(study: Study) -> str:
    n, raters, per_visit = (_items(study) or {}).values()
    people = "1 rater" if raters == 1 else f"{raters} raters"
    return f"{n}, {people} each, {per_visit} a visit; {ANSWERS[study.answers_per_turn]}"


def _talk_rows(study: Study) -> dict[str, str]:
    rules, n = study.talk, len(design_of(study).groups)
    pairs = f" (pairs: {n})" if study.answers_per_turn > 1 and n > 1 else ""
    return {
        "talk": f"{ANSWERS[study.answers_per_turn]}, {rules.min_turns} to {rules.max_turns} turns",
        "topics": str(len(study.topics)),
        "models": ", ".join(model.id for model in study.models) + pairs,
    }


def _step(step: Step, task: int, study: Study) -> str:
    is_numbered = study.tasks.per_visit > 1 and step is Step.TALK
    return f"{STEPS[step]} {task}" if is_numbered else STEPS[step]


def _recorded(study: Study) -> list[str]:
    """What is kept, the questions and answers always; optional ticks say so."""
    ticks = {tick.id: tick for tick in study.consent.ticks}
    eyes = EYES.get(study.recording.eye_features)
    words = {TickId.GAZE: "gaze", TickId.MOUSE: "mouse", TickId.EYE_FEATURES: eyes}
    kept = [
        word if ticks[tick].required else f"{word} (if agreed to)"
        for tick, word in words.items()
        if tick in ticks and word
    ]
    return ["questions, answers and ratings", *kept]


def _where(study: Study) -> str:
    if study.server is None:
        return "stays on the participant's computer: there is no [server]"
    when = {"live": "as it is recorded", "after_review": "after the participant has reviewed it"}
    return f"goes to {study.server.url} {when[study.recording.upload]}"
