"""Where a session is sent: the settings of the machine win over the study file."""

from tracker_app.recording.uploader import Destination
from tracker_app.settings import Settings
from tracker_app.study.study import Study


def destination_of(settings: Settings, study: Study) -> Destination | None:
    """The collection server; None if everything stays on this computer."""
    url, code = settings.server_url, settings.server_code
    if url is None and study.server is not None:
        url, code = study.server.url, study.server.code
    if url is None:
        return None
    return Destination(url, code or "", study.id, study.sha256)
