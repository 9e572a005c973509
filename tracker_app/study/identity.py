"""Random identifiers of sessions and participants."""

import secrets
import time
import uuid

SIMULATED_PREFIX = "sim_"


def new_id(*, is_simulated: bool) -> str:
    """A UUIDv7 (RFC 9562), so that sessions sort by time; simulated ones say so."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return (SIMULATED_PREFIX if is_simulated else "") + str(uuid.UUID(int=value))
