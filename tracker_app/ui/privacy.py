"""What the privacy page says of a session: read off what is really recorded and sent."""

from tracker_app.session import Session
from tracker_app.settings import Settings
from tracker_app.study.study import Study
from tracker_app.ui.cockpit_panel import CockpitState


def describe_privacy(session: Session, settings: Settings, study: Study) -> CockpitState:
    raise NotImplementedError
