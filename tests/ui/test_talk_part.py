"""The talk step, offscreen, with a session, its journal and models that answer or do not."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.model_server import Handler, Reply, answering, model_server
from tests.shown_widgets import button, texts
from tests.talk_scene import Scene
from tracker_app import records as r
from tracker_app.clock import SystemClock
from tracker_app.errors import FailureKind
from tracker_app.recording.reading import read_entries
from tracker_app.session import begin_session
from tracker_app.session.turn_times import TalkRecord
from tracker_app.settings import Settings
from tracker_app.study.flow import Event
from tracker_app.study.item import Item, Response
from tracker_app.study.study import ItemRules, ModelSpec, ProviderKind, RatingQuestion, Study
from tracker_app.ui.bridge import Bridge
from tracker_app.ui.talk_part import TalkPart

Play = Callable[..., Scene]


@pytest.fixture
def play(qtbot: QtBot, study: Study, tmp_path: Path) -> Iterator[Play]:
    """Begins a talk with models that reply so, under these rules."""
    stack = ExitStack()

    def begin(
        *replies: Reply,
        talk: Mapping[str, Any] = {},
        ratings: Mapping[str, Any] = {},
        items: Sequence[Item] = (),
    ) -> Scene:
        servers = [stack.enter_context(model_server(reply)) for reply in replies]
        models = [
            ModelSpec(id=f"m{i}", provider=ProviderKind.OPENAI, endpoint=s.endpoint, model="x")
            for i, s in enumerate(servers)
        ]
        update = {
            "models": models,
            "talk": study.talk.model_copy(update={"min_turns": 1, "reveal": "whole", **talk}),
            "ratings": study.ratings.model_copy(update={"after_s": 0.0, **ratings}),
            "treatments": [],
            "items": ItemRules(file="items.jsonl", raters=1, per_visit=2) if items else None,
            "fixed_items": tuple(items),
        }
        ticks = {"gaze": False, "mouse": False, "text": True}
        session = begin_session(
            study.model_copy(update=update),
            Settings(data_dir=tmp_path),
            SystemClock(),
            ticks,
            lambda error: None,
            is_simulated=False,
        )
        stack.callback(session.close)
        return Scene(qtbot, session)

    yield begin
    stack.close()


def _stopping(*pieces: str) -> tuple[Reply, Callable[[], None]]:
    """A reply that says these pieces, and the rest only once it is told to go on."""
    may_go_on = threading.Event()

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        handler.piece(pieces[0])
        may_go_on.wait(10)
        for piece in pieces[1:]:
            handler.piece(piece)
        handler.complete()

    return reply, may_go_on.set


def _refusing(status: int, retry_after: str | None = None) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_response(status)
        if retry_after is not None:
            handler.send_header("Retry-After", retry_after)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


def test_whole_answers_come_into_view_together_and_their_painting_is_recorded(play: Play) -> None:
    slow, go_on = _stopping("slow", " and whole")
    scene = play(slow, answering(["quick"]))
    scene.ask("Why?")
    scene.qtbot.waitUntil(lambda: len(scene.recorded(r.Message)) == 1)
    assert set(scene.answers().values()) == {""}
    assert scene.recorded(r.Reveal) == []
    go_on()
    scene.wait_for("rate_1_1")
    assert sorted(scene.answers().values()) == ["quick", "slow and whole"]
    reveals = scene.recorded(r.Reveal)
    assert sorted((v.side, v.is_whole) for v in reveals) == [(1, True), (2, True)]
    complete = max(m.t_ns for m in scene.recorded(r.Message))
    assert all(complete < reveal.t_ns for reveal in reveals)
    (onset,) = scene.recorded(r.RatingOnset)
    assert onset.order == ["rate_1", "rate_2", "choice"]
    assert onset.t_ns > max(reveal.t_ns for reveal in reveals)


def test_streamed_answers_come_into_view_once_both_have_begun(play: Play) -> None:
    first, go_on = _stopping("one", " two")
    late, begin_late = _stopping("", "late")
    scene = play(first, late, talk={"reveal": "stream"})
    scene.ask("Why?")
    scene.qtbot.waitUntil(lambda: len(scene.recorded(r.TokenArrival)) == 1)
    assert set(scene.answers().values()) == {""}
    begin_late()
    scene.qtbot.waitUntil(lambda: sorted(scene.answers().values()) == ["late", "one"])
    go_on()
    scene.wait_for("rate_1_1")
    seen: dict[int, list[bool]] = {1: [], 2: []}
    for reveal in scene.recorded(r.Reveal):
        seen[reveal.side].append(reveal.is_whole)
    assert all(whole[-1] for whole in seen.values())
    assert [False, True] in seen.values()


def test_paced_answers_are_judged_only_once_both_are_all_there(play: Play) -> None:
    long, short = "one two three four five six", "one"
    talk = {"reveal": "paced", "pace_words_per_s": 20.0}
    scene = play(answering([long]), answering([short]), talk=talk)
    scene.ask("Why?")
    scene.qtbot.waitUntil(lambda: set(scene.answers().values()) == {short})
    assert not button(scene.page, "rate_1_1").isVisible()
    scene.wait_for("rate_1_1")
    assert set(scene.answers().values()) == {long, short}


def test_who_gets_no_answer_may_ask_something_else_and_then_leave(play: Play) -> None:
    scene = play(_refusing(401), answering(["fine"]), talk={"min_turns": 3})
    scene.ask("Why?")
    scene.wait_for("skip_turn")
    assert "fine" not in scene.answers().values()
    assert "This study may not ask the language model." in texts(scene.page)
    scene.click("skip_turn")
    assert not any(scene.page.answers[side].isHidden() for side in (1, 2))
    assert len(scene.recorded(r.TurnSkipped)) == 1
    (failure,) = scene.recorded(r.ProviderFailure)
    assert (failure.kind, failure.status) == (FailureKind.REFUSED_KEY, 401)
    scene.click("end_talk")
    assert scene.said == [Event.DONE]
    assert scene.recorded(r.Preference) == []


def test_a_busy_model_is_asked_again_and_people_are_told(play: Play) -> None:
    replies = iter([_refusing(503, "1"), answering(["at last"])])
    scene = play(lambda handler, body: next(replies)(handler, body), answering(["fine"]))
    scene.ask("Why?")
    busy = "The language model is busy. Asking again in 1 s."
    scene.qtbot.waitUntil(lambda: busy in texts(scene.page))
    scene.wait_for("rate_1_1")
    assert [f.is_retried for f in scene.recorded(r.ProviderFailure)] == [True]


def test_a_pair_is_judged_sheet_by_sheet(play: Play) -> None:
    questions = [RatingQuestion(id="helpful", label="How helpful is it?", steps=7)]
    ratings = {
        "choice": "graded",
        "tie": True,
        "both_bad": True,
        "questions": questions,
        "rationale": "required",
        "order": "choice_first",
    }
    scene = play(answering(["left"]), answering(["right"]), ratings=ratings)
    scene.ask("Why?")
    scene.judge("prefer_both_bad")
    for name in ("helpful_1_7", "helpful_2_1", "judgement_back", "next_turn", "next_turn"):
        scene.click(name)
    assert not button(scene.page, "next_turn").isEnabled()
    box = scene.page.findChild(QPlainTextEdit, "rationale")
    assert box is not None
    box.setPlainText("Both miss the point.")
    scene.click("next_turn")
    (preference,) = scene.recorded(r.Preference)
    assert (preference.choice, preference.preferred_side) == (r.Choice.BOTH_BAD, None)
    extra = [(x.side, x.question, x.value) for x in scene.recorded(r.ExtraRating)]
    assert extra == [(1, "helpful", 7), (2, "helpful", 1)]
    assert [x.text for x in scene.recorded(r.Rationale)] == ["Both miss the point."]
    (onset,) = scene.recorded(r.RatingOnset)
    assert onset.order == ["choice", "rate_1", "rate_2", "helpful_1", "helpful_2", "rationale"]
    assert len(scene.recorded(r.TurnRated)) == 1


def test_before_the_talk_ends_a_pair_is_shown_again_with_its_sides_swapped(play: Play) -> None:
    talk = {"swap_repeats": 1, "history": "visible"}
    scene = play(answering(["one"]), answering(["two"]), talk=talk, ratings={"tie": True})
    scene.ask("Why?")
    scene.wait_for("rate_1_1")
    before = scene.answers()
    scene.judge("prefer_tie")
    scene.click("end_talk")
    assert scene.said == []
    scene.wait_for("rate_1_1")
    assert scene.answers() == {1: before[2], 2: before[1]}
    assert "One more pair to compare" in texts(scene.page)
    assert scene.page.findChild(QWidget, "earlier_answer_0_1") is None  # as it was before
    scene.judge("prefer_2")
    assert scene.said == [Event.DONE]
    assert [turn.repeats for turn in scene.recorded(r.Turn)] == [None, 0]
    assert len(scene.recorded(r.ModelRequest)) == 2


def test_people_may_look_back_at_what_the_models_are_told_of(play: Play) -> None:
    talk = {"history": "visible", "context": "preferred", "max_turns": 3}
    scene = play(answering(["one " * 80]), answering(["two"]), talk=talk)
    scene.ask("First?")
    scene.judge("prefer_2")
    scene.ask("Second?")
    scene.wait_for("rate_1_1")
    right = scene.recorded(r.Message)
    kept = next(m for m in right if m.turn == 0 and m.side == 2)
    shown = scene.page.findChild(QWidget, "earlier_answer_0_2")
    assert shown is not None
    assert scene.page.findChild(QWidget, "earlier_answer_0_1") is None
    history = scene.page.history
    assert history is not None
    bar = history.verticalScrollBar()
    scene.qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(0)
    places = [p for p in scene.recorded(r.Placement) if p.message_id == kept.message_id]
    assert places[-1].clip_height_px > 0
    bar.setValue(bar.maximum())
    places = [p for p in scene.recorded(r.Placement) if p.message_id == kept.message_id]
    assert places[-1].clip_height_px == 0
    second = [q for q in scene.recorded(r.ModelRequest) if q.turn == 1]
    told = {q.messages[-2]["content"] for q in second}
    assert told == {kept.raw}
    assert {q.history_sides for q in second} == {(2,)}


ITEMS = [
    Item(f"q{i}", f"Question {i}?", (Response("a", f"**A** {i}"), Response("b", f"B {i}")))
    for i in range(3)
]


def test_fixed_items_are_judged_one_after_the_other_and_no_model_is_asked(play: Play) -> None:
    scene = play(items=ITEMS, talk={"swap_repeats": 1})
    cells = scene.session.assigned.cells
    for number in range(1, len(cells) + 1):
        scene.wait_for("rate_1_1")
        assert f"Pair {number} of 3" in texts(scene.page)
        assert scene.said == []
        scene.judge()
    scene.wait_for("rate_1_1")
    assert "Pair 3 of 3" in texts(scene.page)  # one of them again, and nobody says so
    scene.judge("prefer_2")
    assert scene.said == [Event.DONE]
    assert scene.recorded(r.ModelRequest) == []
    shown = {(m.turn, m.side): m.displayed for m in scene.recorded(r.Message)}
    for turn, cell in enumerate(cells):
        item, _, sides = cell.partition("/")
        left, right = sides.split("|")
        assert shown[turn, 1] == f"{left.upper()} {item[1:]}"
        assert shown[turn, 2] == f"{right.upper()} {item[1:]}"
    turns = scene.recorded(r.Turn)
    assert [turn.item for turn in turns[:2]] == [cell.partition("/")[0] for cell in cells]
    again = turns[2]
    assert again.repeats is not None
    assert (shown[2, 1], shown[2, 2]) == (shown[again.repeats, 2], shown[again.repeats, 1])


def test_who_comes_back_goes_on_with_the_items_that_are_left(play: Play, qtbot: QtBot) -> None:
    first = play(items=ITEMS)
    first.judge()
    first.wait_for("rate_1_1")
    before = first.answers()
    qtbot.wait(120)
    records = [entry.record for entry in read_entries(first.session.journal.folder)]
    again = Scene(qtbot, first.session, sorted(records, key=lambda record: record.t_ns))
    again.wait_for("rate_1_1")
    assert again.answers() == before
    again.judge()
    assert again.said == [Event.DONE]


def test_a_paced_answer_goes_on_after_something_lay_over_the_page(play: Play) -> None:
    words = "one two three four five six"
    talk = {"reveal": "paced", "pace_words_per_s": 10.0}
    scene = play(answering([words]), answering([words]), talk=talk)
    scene.ask("Why?")
    scene.qtbot.waitUntil(lambda: any(scene.answers().values()))
    scene.part.leave()
    before = scene.answers()
    scene.qtbot.wait(700)
    assert scene.answers() == before
    assert scene.recorded(r.RatingOnset) == []
    scene.part.come_back()
    scene.wait_for("rate_1_1")
    assert set(scene.answers().values()) == {words}


def test_nobody_is_asked_about_answers_that_came_whole_while_the_page_was_covered(
    play: Play,
) -> None:
    slow, go_on = _stopping("slow", " and whole")
    scene = play(slow, answering(["quick"]), ratings={"after_s": 0.2})
    scene.ask("Why?")
    scene.part.leave()
    go_on()
    scene.qtbot.waitUntil(lambda: len(scene.recorded(r.Message)) == 2)
    scene.qtbot.wait(300)
    assert scene.recorded(r.RatingOnset) == []
    scene.part.come_back()
    assert not button(scene.page, "rate_1_1").isVisible()
    scene.wait_for("rate_1_1")
    assert len(scene.recorded(r.RatingOnset)) == 1


def test_who_gives_a_turn_up_waits_for_no_busy_model_any_more(play: Play) -> None:
    scene = play(_refusing(503, "15"), _refusing(401), talk={"min_turns": 1})
    scene.ask("Why?")
    scene.wait_for("skip_turn")
    scene.qtbot.waitUntil(lambda: "Asking again in 15 s." in texts(scene.page))
    scene.click("skip_turn")
    assert button(scene.page, "end_talk").isVisible()
    scene.click("end_talk")
    assert scene.said == [Event.DONE]


def test_a_talk_can_be_gone_on_with_wherever_it_was_interrupted(play: Play) -> None:
    replies = iter([_refusing(401), answering(["one"]), answering(["one"])])
    scene = play(
        lambda handler, body: next(replies)(handler, body),
        answering(["two"]),
        talk={"swap_repeats": 2},
    )
    scene.ask("Lost?")
    scene.click("skip_turn")
    for question in ("First?", "Second?"):
        scene.ask(question)
        scene.judge()
    scene.click("end_talk")
    scene.judge()
    scene.judge("prefer_2")
    assert scene.said == [Event.DONE]
    earlier = sorted(scene.recorded(r.Record), key=lambda one: one.t_ns)
    talk = [i for i, one in enumerate(earlier) if isinstance(one, TalkRecord)]
    for place in talk:
        before = earlier[: place + 1]
        part = TalkPart(scene.session, Bridge(), before)
        said: list[Event] = []
        part.happened.connect(said.append)
        part.enter()
        turns = [one for one in before if isinstance(one, r.Turn)]
        newest = part._newest
        assert newest is not None
        assert newest.number >= turns[-1].turn
        given = [t for t in part._talk.conversation.turns if t.repeats is not None]
        done = [t.repeats for t in given if t.is_rated]
        assert len(done) == len(set(done))
        assert bool(said) == (len(done) == 2)
        part._talk.stop()
        part.page.deleteLater()
        part.deleteLater()
