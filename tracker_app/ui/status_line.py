"""What the bar says of the moment: what is recorded, where the head is, and that it pauses."""

import math

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from calibration.geometry import ASSUMED_DISTANCE_MM
from tracker_app.capture.head_watch import Head, HeadWatch
from tracker_app.clock import Clock
from tracker_app.gaze.pipeline import Latest
from tracker_app.session import Session
from tracker_app.session.presence import Presence
from tracker_app.study.flow import EYE_STEPS, Place, Step
from tracker_app.ui.head_silhouette import NOT_IN_VIEW, HeadState
from tracker_app.ui.status_bar import StatusBar
from tracker_app.ui.texts import tr, translated

MINUTE_NS = 60_000_000_000


class StatusLine(QObject):
    """Keeps the bar true; asked a few times a second."""

    went_away = Signal(str)  # why recording should pause

    def __init__(self, bar: StatusBar, clock: Clock, pause_after_min: int) -> None:
        super().__init__()
        self._bar, self._clock = bar, clock
        self._began_ns: int | None = None
        self._head = HeadWatch()
        self._presence = Presence(pause_after_min)

    def show_nothing(self) -> None:
        """There is no session."""
        self._bar.show_state(tr("Nothing is recorded yet"), is_recording=False, can_pause=False)
        self._bar.offer_cockpit(False)

    def show_session(self, session: Session, place: Place) -> None:
        """Show how a session stands where the participant is."""
        now_ns = self._clock.now_ns()
        self._began_ns = now_ns if self._began_ns is None else self._began_ns
        minutes = (now_ns - self._began_ns) // MINUTE_NS
        sentence = recorded_sentence(session, place)
        self._bar.show_state(
            sentence or tr("Nothing is recorded now"),
            is_recording=bool(sentence),
            can_pause=place.records or place.is_paused,
            can_stop=not place.is_final,
            elapsed=tr("{minutes} min", minutes=minutes) if minutes else "",
        )
        self._bar.offer_cockpit(not place.is_final)
        latest = session.eyes.latest if session.eyes.is_on else None
        self._show_head(now_ns, latest, place)
        self._watch_presence(now_ns, latest, place)

    def _show_head(self, now_ns: int, latest: Latest | None, place: Place) -> None:
        self._bar.show_head(None if latest is None else _head_state(latest))
        is_told_there = place.step in EYE_STEPS  # whose pages say more, and at once
        seen = None if latest is None or is_told_there else _head(latest)
        hint = self._head.hint(now_ns, seen)
        self._bar.show_hint(translated(hint) if hint is not None else "")

    def _watch_presence(self, now_ns: int, latest: Latest | None, place: Place) -> None:
        if not place.records:
            self._presence.begin_again()
            return
        has_face = latest is not None and latest.face is not None
        # Wall time tells of a sleep in which the session clock may have stood still.
        if self._presence.is_away(
            now_ns, self._clock.utc_ns(), _signs_of_life(), has_face=has_face
        ):
            self._presence.begin_again()
            self.went_away.emit(tr("You were away, so recording was paused."))


def recorded_sentence(session: Session, place: Place) -> str:
    """What is recorded now, in words; empty for nothing."""
    if not place.records:
        return ""
    if session.eyes.is_on:
        if session.is_mouse_on:
            return tr("Recording your eyes and mouse")
        return tr("Recording your eyes")
    if session.is_mouse_on:
        return tr("Recording your mouse")
    is_asked = place.step not in (Step.SETUP, Step.CALIBRATION)
    return tr("Recording your answers") if is_asked else ""


def _signs_of_life() -> tuple[object, ...]:
    """What changes as soon as somebody moves the mouse, types or goes to another control."""
    focus = QApplication.focusWidget()
    typed = focus.document().characterCount() if isinstance(focus, QPlainTextEdit) else 0
    place = QCursor.pos()
    return place.x(), place.y(), id(focus), typed


def _head(latest: Latest) -> Head:
    face = latest.face
    return Head(
        has_face=face is not None,
        distance_mm=face.distance_mm if face is not None else None,
        is_pose_in_range=latest.is_pose_in_range,
    )


def _head_state(latest: Latest) -> HeadState:
    face = latest.face
    if face is None:
        return NOT_IN_VIEW
    return HeadState(
        is_in_view=True,
        distance=face.distance_mm / ASSUMED_DISTANCE_MM,
        yaw_rad=math.radians(-face.yaw_deg),
        is_in_range=latest.is_pose_in_range is not False,
    )
