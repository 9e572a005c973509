"""The part of each step after consent. Some last for the whole session, most are made anew."""

from collections.abc import Callable, Iterable

from calibration.resolution import Resolution
from tracker_app.recording.uploader import Destination
from tracker_app.records import Record
from tracker_app.session import Session
from tracker_app.study.flow import Place, Step
from tracker_app.ui.bridge import Bridge
from tracker_app.ui.calibration_part import CalibrationPart
from tracker_app.ui.coordinates import PhysicalRect
from tracker_app.ui.form_parts import FormPart
from tracker_app.ui.instructions_page import InstructionsPage
from tracker_app.ui.key_sentence_part import KeySentencePart
from tracker_app.ui.page_part import PagePart
from tracker_app.ui.part import Part
from tracker_app.ui.review_part import ReviewPart
from tracker_app.ui.setup_part import SetupPart
from tracker_app.ui.talk_part import TalkPart
from tracker_app.ui.topic_part import TopicPart

ONCE = (Step.CALIBRATION, Step.TALK)  # one for all tasks
# Whoever is calibrated again in the midst of them finds what they had written.
WRITTEN = (Step.KNOWLEDGE_BEFORE, Step.KNOWLEDGE_AFTER, Step.SUMMARY, Step.FEEDBACK)


class Parts:
    """Makes the parts of one session as they are needed."""

    def __init__(
        self,
        session: Session,
        bridge: Bridge,
        destination: Destination | None,
        screen: Callable[[], tuple[PhysicalRect, float]],
        resolution_at: Callable[[float], Resolution],
    ) -> None:
        """Prepare.

        Args:
            session: whose parts they are.
            bridge: carries what the models say.
            destination: where the session is sent; None for nowhere.
            screen: the screen's rectangle and its width in mm, 0 where unknown.
            resolution_at: what gaze is expected to tell at a viewing distance in mm.
        """
        self._session, self._bridge, self._destination = session, bridge, destination
        self._screen, self._resolution_at = screen, resolution_at
        self._lasting: dict[tuple[Step, int], Part] = {}  # by step and task

    def prepare_talk(self, earlier: Iterable[Record]) -> TalkPart:
        """Load the models now, behind set-up and calibration.

        Args:
            earlier: records of this session, if it was interrupted.

        Raises:
            ModelUnavailableError: if one cannot be used.
        """
        talk = TalkPart(self._session, self._bridge, earlier)
        self._lasting[Step.TALK, 0] = talk
        return talk

    @property
    def calibration(self) -> CalibrationPart | None:
        """The calibration, if it was come to."""
        part = self._lasting.get((Step.CALIBRATION, 0))
        return part if isinstance(part, CalibrationPart) else None

    def part_of(self, place: Place) -> Part | None:
        """The part of a step; None where there is nothing to do in it."""
        key = place.step, 0 if place.step in ONCE else place.task
        part = self._lasting.get(key) or self._make(place)
        if part is not None and place.step in (*ONCE, *WRITTEN):
            self._lasting[key] = part
        if isinstance(part, CalibrationPart):
            part.is_again = place.back_to is not None
        return part

    def lasts(self, part: Part) -> bool:
        """Whether a part is come to again, with its page as it was."""
        return part in self._lasting.values()

    def discard(self) -> None:
        """Let go of the pages that last."""
        for part in self._lasting.values():
            part.discard()

    def _make(self, place: Place) -> Part | None:
        session = self._session
        match place.step:
            case Step.INSTRUCTIONS:
                page = InstructionsPage(session.study.instructions)
                return PagePart(page, done=page.finished)
            case Step.SETUP:
                return SetupPart(session, self._resolution_at)
            case Step.CALIBRATION:
                return CalibrationPart(session, self._screen)
            case Step.TOPIC:
                return TopicPart(session, place.task)
            case Step.TALK:  # its model is missing, and the participant was told
                return None
            case Step.KEY_SENTENCE:
                shown = session.answer_for_key_sentence()
                return KeySentencePart(session, shown) if shown is not None else None
            case Step.REVIEW:
                return ReviewPart(session, self._destination)
            case _:
                return FormPart(session, place.step, place.task)
