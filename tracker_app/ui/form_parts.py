"""The steps that are a form: questionnaire, knowledge, summary and feedback."""

from PySide6.QtCore import Slot

from tracker_app.session import Session
from tracker_app.study.flow import Event, Step
from tracker_app.study.study import Question, Study
from tracker_app.ui.form_page import FormPage
from tracker_app.ui.part import Part
from tracker_app.ui.texts import tr


class FormPart(Part):
    """A form whose answers are recorded when it is finished."""

    page: FormPage

    def __init__(self, session: Session, step: Step, task: int) -> None:
        """Build the form of a step.

        Args:
            session: takes the answers.
            step: questionnaire, knowledge_before, knowledge_after, summary or feedback.
            task: that it belongs to.
        """
        super().__init__()
        self._session = session
        self._step, self._task = step, task
        topic = session.task.title if session.task else ""
        self.page = form_page(session.study, step, topic)
        self.page.finished.connect(self._on_finished)

    def enter(self) -> None:
        """Typing goes into the first field."""
        self.page.enter()

    @Slot(dict)
    def _on_finished(self, values: dict[str, str]) -> None:
        self._session.answer_form(self._step, self._task, values)
        asked = self._session.study.questionnaire if self._step is Step.QUESTIONNAIRE else None
        is_out = asked is not None and asked.is_screened_out(values)
        self.say(Event.SCREENED_OUT if is_out else Event.DONE)


def form_page(study: Study, step: Step, topic: str) -> FormPage:
    """The page of a step, with the questions asked there.

    Args:
        study: says what is asked.
        step: one that is a form.
        topic: title of what is talked about; empty where the participant chooses as they go.

    Raises:
        ValueError: if the step is no form.
    """
    match step:
        case Step.QUESTIONNAIRE if study.questionnaire is not None:
            title = study.questionnaire.title or tr("A few questions about you")
            return FormPage("questionnaire", title, study.questionnaire.questions)
        case Step.KNOWLEDGE_BEFORE:
            asked = _knowledge("knowledge", _now(topic))
            return FormPage("knowledge_before", tr("Before you start"), [asked])
        case Step.KNOWLEDGE_AFTER:
            now, before = _knowledge("now", _now(topic)), _knowledge("looking_back", _then(topic))
            return FormPage("knowledge_after", tr("What you know now"), [now, before])
        case Step.SUMMARY:
            asked = Question(
                id="summary",
                label=tr("Write down in a few sentences what you have learnt."),
                kind="text",
                required=True,
            )
            least = study.after.summary_min_characters
            return FormPage(
                "summary", tr("In your own words"), [asked], least_characters={"summary": least}
            )
        case Step.FEEDBACK:
            asked = Question(
                id="feedback",
                label=tr("Is there anything you would like to tell us?"),
                kind="text",
                required=False,
            )
            return FormPage("feedback", tr("One last question"), [asked], action=tr("Finish"))
        case _:
            raise ValueError(f"{step} is no form")


def _now(topic: str) -> str:
    if topic:
        return tr("How much do you know about “{topic}” now?", topic=topic)
    return tr("How much do you know now about what you ask?")


def _then(topic: str) -> str:
    if topic:
        return tr("Looking back, how much did you know about “{topic}” before?", topic=topic)
    return tr("Looking back, how much did you know about it before?")


def _knowledge(name: str, label: str) -> Question:
    return Question(
        id=name,
        label=label,
        kind="scale",
        low_label=tr("nothing"),
        high_label=tr("a great deal"),
    )
