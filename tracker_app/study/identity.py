"""Random identifiers of sessions and participants."""

import re
import secrets
import time
import uuid

SIMULATED_PREFIX = "sim_"
CODED_PREFIX = "code_"
CODE = r"[A-Za-z0-9-]{1,40}"


def is_code(text: str) -> bool:
    """Whether this may be a participant's code: it becomes the name of a file."""
    return re.fullmatch(CODE, text) is not None


def coded_id(code: str, *, is_simulated: bool) -> str:
    """The id of a participant with a code, however it is written; empty without one."""
    return (SIMULATED_PREFIX if is_simulated else "") + CODED_PREFIX + code.upper() if code else ""


def new_id(*, is_simulated: bool) -> str:
    """A UUIDv7 (RFC 9562), so that sessions sort by time; simulated ones say so."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return (SIMULATED_PREFIX if is_simulated else "") + str(uuid.UUID(int=value))
