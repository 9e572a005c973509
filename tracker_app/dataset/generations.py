"""The models behind a session's answers, as the server's model proxy asked them.

What was said to them the server does not keep: `model_request` has it, without what a participant
deleted.
"""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from tracker_app.dataset.dictionary import FieldEntry, Kind, StreamEntry
from tracker_app.dataset.tables import schema_of
from tracker_app.store.generations import Generation


def _field(name: str, kind: Kind, unit: str, description: str) -> FieldEntry:
    return FieldEntry(
        name, kind, kind == "int", unit, 1 if kind == "int" else None, (), description
    )


GENERATIONS = StreamEntry(
    "generations",
    "Of the server, not of the session: which model each answer was asked of, and what came of "
    "it. Participants' computers know a model by its id alone.",
    (
        _field("message_id", "text", "", "as in `model_request`; empty if it was not told"),
        _field("model", "text", "", "id in the study"),
        _field("provider", "text", "", "openai or anthropic: the protocol"),
        _field("provider_model", "text", "", "the model's name"),
        _field("revision", "text", "", "what the provider said answered; empty if it did not"),
        _field("fingerprint", "text", "", "of the provider's set-up, where it tells one"),
        _field("system_prompt", "text", "", "the model's own, put before the study's"),
        _field("parameters", "json", "", "all that was sent beside what was said"),
        _field("request_sha256", "text", "", "of exactly what was sent, as JSON"),
        _field("finish_reason", "text", "", "the provider's; empty if it did not finish"),
        _field("usage", "json", "", "tokens, as the provider counts them"),
        _field("characters", "int", "code point", "that were passed on"),
        _field("first_piece_ms", "int", "ms", "from asking to the first piece"),
        _field(
            "duration_ms", "int", "ms", "from asking to the end; null if the server ended first"
        ),
        _field(
            "failure",
            "text",
            "",
            "kind, as in `provider_failure`; interrupted: not wanted any more",
        ),
        _field("status", "int", "", "of HTTP, where the provider refused"),
    ),
)


def generations_table(generations: Sequence[Generation], facts: dict[str, str]) -> Any:
    """One row an answer that was asked for, in order."""
    rows = [_row(generation) for generation in generations]
    columns = {f.name: [row[f.name] for row in rows] for f in GENERATIONS.fields}
    return pa.table(columns, schema=schema_of(GENERATIONS, facts))


def _row(generation: Generation) -> dict[str, Any]:
    asked, outcome = generation.asked, generation.outcome
    row = {
        f.name: getattr(asked, f.name, getattr(outcome, f.name, None)) for f in GENERATIONS.fields
    }
    return {**row, "usage": json.dumps(outcome.usage)}
