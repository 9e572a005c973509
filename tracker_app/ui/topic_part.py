"""The step in which the topic of a task is taken."""

from PySide6.QtCore import Slot

from tracker_app.session import Session
from tracker_app.study.flow import Event
from tracker_app.ui.part import Part
from tracker_app.ui.topic_page import TopicPage


class TopicPart(Part):
    """Offers topics; the one taken begins the task."""

    page: TopicPage

    def __init__(self, session: Session, task: int) -> None:
        super().__init__()
        self._session, self._task = session, task
        topics = session.next_topics()
        self._topics = {topic.id: topic for topic in topics}
        self.page = TopicPage(topics)
        self.page.chosen.connect(self._on_chosen)

    def enter(self) -> None:
        """Keys go to the first card."""
        self.page.enter()

    @Slot(str)
    def _on_chosen(self, topic_id: str) -> None:
        self._session.begin_task(self._task, self._topics[topic_id])
        self.say(Event.DONE)
