"""The example study from the code to the thank-you, played through the window."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest

from tests.desktop.processes import App, app, collection_server, wait_until
from tests.desktop.studies import changed_example
from tracker_app.codec import Entry
from tracker_app.recording.folders import list_sessions
from tracker_app.recording.reading import progress_of, read_entries, verify
from tracker_app.records import (
    CalibrationResult,
    Consent,
    FlowStep,
    FormAnswer,
    KeySentence,
    Message,
    ModelRequest,
    MouseEvent,
    Preference,
    Record,
    Redaction,
    SessionEnd,
    SessionInfo,
    Task,
    Turn,
)
from tracker_app.store.sqlite import read_entries as read_stored
from tracker_app.study.flow import plan_of
from tracker_app.study.reading import load_study
from tracker_app.study.study import Study

_R = TypeVar("_R", bound=Record)
ANSWERS = ["The moon pulls the water. So there are tides. ", "It is gravity. The sun helps."]
DELETED = "Why is the sky blue"  # what the player asks first
QUICKER = {
    'provider = "embedded"': f'provider = "scripted"\nanswers = ["{ANSWERS[0]}", "{ANSWERS[1]}"]',
    "points = 9": "points = 5",
    "head_movement = true": "head_movement = false",
    "min_turns = 3": "min_turns = 2",
}


@dataclass
class Played:
    """What is left of a study that was played."""

    study: Study
    data: Path
    server: Path
    pages: list[str]

    @property
    def folder(self) -> Path:
        (folder,) = list_sessions(self.data)
        return folder

    @property
    def entries(self) -> list[Entry]:
        return read_entries(self.folder)

    def of(self, kind: type[_R]) -> list[_R]:
        found = [e for e in self.entries if isinstance(e.record, kind)]
        found.sort(key=lambda e: (e.segment, e.record.t_ns))
        return [e.record for e in found if isinstance(e.record, kind)]


def _delete_first_turn(running: App) -> None:
    wait_until(lambda: len(_deletable(running)) == 2, "what was recorded")
    first = min(_deletable(running))
    running.player.click(f"delete_{first}")
    running.press(f"delete_{first}_confirm")
    wait_until(lambda: len(_deletable(running)) == 1, "deleting")


def _deletable(running: App) -> list[int]:
    """Numbers of the items that can be deleted."""
    running.announcements.refresh()
    names = [name.removeprefix("delete_") for name in running.player.names]
    return [int(name) for name in names if name.isdecimal()]


@pytest.fixture(scope="module")
def played(
    display: str, face_video: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("study")
    path, data = changed_example(folder, QUICKER), folder / "client"
    with collection_server(folder / "server") as url:
        arguments = [str(path), "--camera", str(face_video), "--loop-camera"]
        arguments += ["--data-dir", str(data), "--server", url, "--code", "test-code"]
        with app(display, folder, arguments, turns=2) as running:
            running.play_until(lambda: running.announcements.page == "review", "the review")
            pages = list(running.pages)
            _delete_first_turn(running)
            running.play_to_the_end()
            assert running.process.returncode == 0
        yield Played(load_study(path), data, folder / "server", pages)


@pytest.mark.timeout(400)
def test_every_step_of_the_plan_is_come_to_in_order(played: Played) -> None:
    steps = played.of(FlowStep)
    plan = plan_of(played.study, asks_code=True)
    assert [(s.step, s.task) for s in steps] == [(str(s), t) for s, t in plan.stops]
    assert [s.event for s in steps[:4]] == ["started", "done", "done", "agreed"]
    assert all(b.t_ns > a.t_ns for a, b in pairwise(steps))
    assert played.of(SessionEnd)[-1].reason == "finished"


def test_the_session_says_whose_study_it_is_and_what_was_agreed_to(played: Played) -> None:
    info, consent = played.of(SessionInfo)[0], played.of(Consent)[0]
    assert (info.study_id, info.study_version) == ("reading-news", "1")
    assert info.study_sha256 == played.study.sha256
    assert info.participant_id == "sim_code_P-001"
    assert info.settings["study.cursor_instruction"] == "follow_gaze"
    assert consent.text_sha256 == played.study.consent.sha256
    assert set(consent.ticks) == {str(tick.id) for tick in played.study.consent.ticks}


def test_what_was_chosen_and_written_is_recorded(played: Played) -> None:
    (task,) = played.of(Task)
    assert task.topic in {topic.id for topic in played.study.topics}
    assert task.source
    answered = {(a.form, a.field) for a in played.of(FormAnswer)}
    questionnaire = played.study.questionnaire
    assert questionnaire is not None
    assert answered == {
        *(("questionnaire", q.id) for q in questionnaire.questions),
        ("knowledge_before", "knowledge"),
        ("knowledge_after", "now"),
        ("knowledge_after", "looking_back"),
        ("summary", "summary"),
        ("feedback", "feedback"),
    }
    assert any(c.is_accepted for c in played.of(CalibrationResult))
    for sentence in played.of(KeySentence):
        shown = [m.displayed for m in played.of(Message) if m.message_id == sentence.message_id]
        assert shown == [ANSWERS[0]] or shown == [ANSWERS[1]]
        assert shown[0][sentence.start : sentence.end] == sentence.text


def test_a_turn_deleted_in_the_review_is_nowhere_any_more(played: Played) -> None:
    turns = played.of(Turn)
    assert [turn.turn for turn in turns] == [1]
    assert [p.turn for p in played.of(Preference)] == [1]
    assert DELETED not in str(played.entries)
    assert played.of(Redaction)
    history = [m["content"] for request in played.of(ModelRequest) for m in request.messages]
    assert "[deleted by the participant]" in history
    left = [path for path in played.data.rglob("*") if path.is_file()]
    assert not any(DELETED.encode() in path.read_bytes() for path in left)


def test_nothing_of_it_ever_reached_the_server_and_the_rest_is_complete(played: Played) -> None:
    assert verify(played.folder).is_complete
    assert progress_of(played.folder).is_delivered
    stored = read_stored(played.server, played.folder.name)
    assert stored == played.entries
    assert DELETED not in str(stored)


def test_no_source_records_during_the_review(played: Played) -> None:
    (review,) = (s for s in played.of(FlowStep) if s.step == "review")
    assert all(event.t_ns < review.t_ns for event in played.of(MouseEvent))


def test_each_screen_is_pictured(played: Played) -> None:
    assert set(played.pages) >= {
        "code", "welcome", "consent", "instructions", "setup", "calibration_intro", "topic",
        "knowledge_before", "talk_question", "talk_rating", "knowledge_after", "summary",
        "key_sentence", "questionnaire", "feedback",
    }  # fmt: skip
