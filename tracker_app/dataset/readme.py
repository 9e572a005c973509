"""The data dictionary as Markdown, for whoever opens an exported folder without us."""

from tracker_app.dataset.derived import DERIVED
from tracker_app.dataset.dictionary import FieldEntry, StreamEntry, dictionary
from tracker_app.dataset.generations import GENERATIONS
from tracker_app.dataset.tables import IDENTITY
from tracker_app.records import FORMAT_VERSION

_TYPE_NAMES = {
    "int": "int64",
    "float": "double",
    "bool": "bool",
    "text": "string",
    "json": "string (JSON)",
    "ints": "list of int64",
    "floats": "list of double",
    "bools": "list of bool",
}
_SIMULATED = """
> **Simulated session.** The eyes were a program's. Figures about accuracy, precision and attention
> mean nothing about people; never pool these files with recorded ones.
"""
_INTRODUCTION = """
One folder is one session, one Parquet file is one stream of records, exactly as recorded.
`session.json` holds counts, hashes, clock segments and quality figures.

- A record's identity is (`segment`, stream, `index`). Times (`t_ns`) are nanoseconds on the
  session clock and compare only within one `segment`; `clock_segment` and `clock_anchor` give wall
  time.
- Screen positions have their origin top-left, y down, in physical pixels of the virtual desktop.
- Numbers were rounded to their step when recorded. Missing is null, never -1 and never NaN.
- Files without rows are there so that every session has the same files and columns.

```python
import pyarrow.parquet as pq

gaze, words = pq.read_table("gaze.parquet"), pq.read_table("gaze_words.parquet")
read = gaze.join(words, keys=["segment", "index", "t_ns"], right_suffix="_derived")
```
"""


def readme(facts: dict[str, str]) -> str:
    """The README of one exported session; `facts` as in each file's metadata."""
    title = f"# Session {facts['session_id']}".rstrip() + "\n"
    parts = [title, _INTRODUCTION.lstrip()]
    if facts["is_simulated"] == "true":
        parts.insert(1, _SIMULATED.lstrip())
    parts.append(f"## Streams (format {FORMAT_VERSION})\n")
    parts += [_section(s, IDENTITY + s.fields) for s in dictionary().values()]
    parts.append("## Derived tables\n")
    parts += [_section(s, s.fields) for s in DERIVED]
    parts.append("## Of the server, where it asked the models\n")
    parts.append(_section(GENERATIONS, GENERATIONS.fields))
    return "\n".join(parts)


def _section(stream: StreamEntry, fields: tuple[FieldEntry, ...]) -> str:
    rows = "\n".join(_row(field) for field in fields)
    return (
        f"### {stream.name}\n\n{stream.description}\n\n"
        "| field | type | unit | step | null | meaning |\n|---|---|---|---|---|---|\n"
        f"{rows}\n"
    )


def _row(field: FieldEntry) -> str:
    step = "" if field.step is None else f"{field.step:g}"
    meaning = field.description
    if field.values:
        meaning = f"{meaning} ({', '.join(field.values)})".strip()
    null = "yes" if field.is_optional else ""
    kind = _TYPE_NAMES[field.kind]
    return f"| {field.name} | {kind} | {field.unit} | {step} | {null} | {meaning} |"
