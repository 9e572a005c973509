"""What a participant keeps of a session: what was recorded, what became of it, whom to tell what.

No names: whoever holds the session's id can have it deleted, and nobody else knows whose it is.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tracker_app.clock import local_time
from tracker_app.errors import JournalError
from tracker_app.recording.outline import BEGIN, END, Moment, Outline
from tracker_app.records import (
    Consent,
    EyeFeatures,
    FormAnswer,
    GazeSample,
    Message,
    MouseEvent,
    Rating,
    Record,
    Redaction,
    SessionInfo,
    Turn,
    stream_of,
)
from tracker_app.session.review import WallClock
from tracker_app.wording import Sentence, tr


class Outcome(StrEnum):
    """What became of a session."""

    SENT = "sent"
    TO_BE_SENT = "to be sent"  # as soon as the server answers
    KEPT_HERE = "kept here"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The facts of a session. What could not be read of a damaged one is empty."""

    session_id: str
    outcome: Outcome
    study_title: str
    study_id: str = ""
    study_version: str = ""
    app_version: str = ""
    began: str = ""  # local time
    ended: str = ""
    consent_version: str = ""
    consent_sha256: str = ""
    ticks: Mapping[str, bool] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)  # records by stream
    deleted_records: int = 0
    sent_parts: int = 0  # that the server had confirmed by then
    completion_code: str = ""

    def lines(self) -> Iterator[Sentence]:
        """The receipt in sentences, to be translated."""
        yield tr("Receipt of your session")
        yield tr("Session: {id}", id=self.session_id)
        yield tr(
            "Study: {title} ({id}, version {version})",
            title=self.study_title,
            id=self.study_id,
            version=self.study_version,
        )
        yield tr("From {began} to {ended}", began=self.began, ended=self.ended)
        yield tr("Recorded with version {version} of the program.", version=self.app_version)
        yield tr(
            "You agreed to version {version} of the consent text (SHA-256 {digest}).",
            version=self.consent_version,
            digest=self.consent_sha256,
        )
        yield from self._ticks()
        yield from self._recorded()
        yield self._became()
        if self.completion_code:
            yield tr("Completion code: {code}", code=self.completion_code)
        if self.sent_parts:
            yield tr("Parts of it that the server has confirmed: {n}", n=self.sent_parts)
        yield tr(
            "To have what was sent deleted later, write to whoever runs the study and name this "
            "session: {id}",
            id=self.session_id,
        )

    def _ticks(self) -> Iterator[Sentence]:
        for tick, is_set in self.ticks.items():
            yield tr("- {tick}: yes", tick=tick) if is_set else tr("- {tick}: no", tick=tick)

    def _recorded(self) -> Iterator[Sentence]:
        yield tr("Recorded:")
        yield tr("- places your eyes looked at: {n}", n=self._count(GazeSample))
        yield tr("- measurements of your eyes: {n}", n=self._count(EyeFeatures))
        yield tr("- mouse events: {n}", n=self._count(MouseEvent))
        yield tr("- questions: {n}", n=self._count(Turn))
        yield tr("- answers: {n}", n=self._count(Message))
        yield tr("- ratings: {n}", n=self._count(Rating))
        yield tr("- answers in forms: {n}", n=self._count(FormAnswer))
        yield tr("- camera pictures: none")
        if self.deleted_records:
            yield tr("Records you deleted before: {n}", n=self.deleted_records)

    def _count(self, kind: type[Record]) -> int:
        return self.counts.get(stream_of(kind), 0)

    def _became(self) -> Sentence:
        match self.outcome:
            case Outcome.SENT:
                return tr("It was sent to the server of the study.")
            case Outcome.TO_BE_SENT:
                return tr("It is sent to the server of the study as soon as that answers.")
            case Outcome.KEPT_HERE:
                return tr("It is kept on this computer and is not sent.")
            case Outcome.WITHDRAWN:
                return tr("You withdrew. What was recorded was deleted from this computer.")


def receipt_of(outline: Outline, study_title: str, outcome: Outcome) -> Receipt:
    """The receipt of a session.

    Args:
        outline: of the session, before anything of it is erased.
        study_title: as participants know it.
        outcome: what becomes of it.

    Raises:
        JournalError: if the session does not say whose it is or what was agreed to.
    """
    records = [entry.record for entry in outline.entries]
    info = next((r for r in reversed(records) if isinstance(r, SessionInfo)), None)
    consent = next((r for r in reversed(records) if isinstance(r, Consent)), None)
    if info is None or consent is None:
        raise JournalError(tr("The session does not say whose it is or what was agreed to."))
    counts = Counter(entry.stream for entry in outline.entries)
    for (_, stream), times in outline.times.items():
        counts[stream] += len(times)
    clock = WallClock(outline)
    return Receipt(
        session_id=info.session_id,
        outcome=outcome,
        study_title=study_title,
        study_id=info.study_id,
        study_version=info.study_version,
        app_version=info.app_version,
        began=_local(clock, BEGIN),
        ended=_local(clock, END),
        consent_version=consent.version,
        consent_sha256=consent.text_sha256,
        ticks=consent.ticks,
        counts=dict(counts),
        deleted_records=sum(r.lost for r in records if isinstance(r, Redaction)),
    )


def _local(clock: WallClock, moment: Moment) -> str:
    return f"{local_time(clock.utc_ns(moment), clock.utc_offset_s(moment)):%Y-%m-%d %H:%M:%S}"


def receipt_path(data_dir: Path, session_id: str) -> Path:
    """Where the receipt of a session is kept."""
    return data_dir / "receipts" / f"{session_id}.txt"


def write_receipt(
    data_dir: Path, receipt: Receipt, translated: Callable[[Sentence], str] = str
) -> Path:
    """Write a receipt, in place of an earlier one of the session, and return its path.

    Args:
        data_dir: of the program.
        receipt: what to write.
        translated: gives a sentence in the participant's language.

    Raises:
        JournalError: if it cannot be written.
    """
    path = receipt_path(data_dir, receipt.session_id)
    text = "".join(f"{translated(line)}\n" for line in receipt.lines())
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        sentence = tr(
            "The receipt cannot be written to {path}: {reason}.",
            path=path,
            reason=str(error.strerror),
        )
        raise JournalError(sentence) from error
    return path
