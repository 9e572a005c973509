"""What `tracker-app check` says about a study file: to people, and to programs."""

from dataclasses import asdict
from typing import Any

from tracker_app.study.reading import Examined, counted, located
from tracker_app.study.summary import summary_lines, summary_of


def verdict(examined: Examined) -> dict[str, Any]:
    """As data; `study` is null where there are mistakes."""
    return {
        "is_valid": not examined.mistakes,
        "mistakes": [asdict(mistake) for mistake in examined.mistakes],
        "remarks": [asdict(remark) for remark in examined.remarks],
        "study": summary_of(examined.study) if examined.study else None,
    }


def verdict_lines(examined: Examined, name: str) -> list[str]:
    """As lines: mistakes, what is worth a look, and of a valid study what it comes to.

    Args:
        examined: the file.
        name: its path, so that terminals and editors can follow the lines.
    """
    count = counted(examined.mistakes) if examined.mistakes else "no mistakes"
    return [
        f"{name}: {count}",
        *located(name, examined.mistakes),
        *(f"{name}:{r.line}: worth a look: {r}" for r in examined.remarks),
        *(summary_lines(examined.study) if examined.study else []),
    ]
