"""Shows turns on a talk page as the talk step would, with everything that has come."""

from tracker_app.chat.conversation import AnswerState, ConversationTurn
from tracker_app.chat.reveal import Shown
from tracker_app.ui.talk_page import Progress, TalkPage


def show_turn(page: TalkPage, turn: ConversationTurn | None, finished: int, least: int = 2) -> None:
    progress = Progress(
        f"{finished} done", may_ask=True, may_finish=finished >= least, is_first=finished == 0
    )
    answers = turn.answers.values() if turn is not None else ()
    shown = {a.side: Shown(a.text, a.state is AnswerState.WAITING) for a in answers}
    may_judge = turn is not None and turn.is_answered
    page.show_turn(turn, shown, progress, may_judge=may_judge)
