"""The X server's millisecond stamps on the session clock.

The offset between the two clocks is measured, not guessed from how late events come: a probe makes
the server stamp something of ours between two readings of our clock. One probe bounds the offset
to a millisecond and the way there and back; the overlap of many is much narrower. A stamp stands
for the millisecond that begins with it, so its middle is taken.
"""

from collections import deque

MS_NS = 1_000_000
PROBES_KEPT = 30  # at one a second, drift between two clocks of one machine is far below 1 ms
_WRAP_MS = 2**32  # after 49.7 days of uptime


class ServerTime:
    """Maps the 32-bit stamps of one X server onto the session clock."""

    def __init__(self, probes_kept: int = PROBES_KEPT) -> None:
        self._probes: deque[tuple[int, int]] = deque(maxlen=probes_kept)
        # Newest stamp, the same without wraps, and the offset: replaced as one, as two threads ask.
        self._mapping: tuple[int, int, int] | None = None

    def probe(self, stamp_ms: int, before_ns: int, after_ns: int) -> None:
        """Learn that the server gave out `stamp_ms` between two readings of the session clock."""
        server_ns = self._unwrapped_ms(stamp_ms) * MS_NS
        self._probes.append((before_ns - server_ns - MS_NS, after_ns - server_ns))
        low, high = self._probes[-1]
        for earlier_low, earlier_high in reversed(self._probes):
            narrower = max(low, earlier_low), min(high, earlier_high)
            if narrower[0] > narrower[1]:
                break  # the clocks have drifted apart since
            low, high = narrower
        self._mapping = stamp_ms, server_ns // MS_NS, (low + high) // 2

    def to_session(self, stamp_ms: int, received_ns: int) -> int:
        """Session time of a stamp whose event reached us at `received_ns`: never later than that.

        Raises:
            ValueError: before the first probe.
        """
        if self._mapping is None:
            raise ValueError("the server's clock was never probed")
        offset_ns = self._mapping[2]
        event_ns = self._unwrapped_ms(stamp_ms) * MS_NS + MS_NS // 2 + offset_ns
        return min(event_ns, received_ns)

    def _unwrapped_ms(self, stamp_ms: int) -> int:
        if self._mapping is None:
            return stamp_ms
        known_ms, unwrapped_ms, _ = self._mapping
        half = _WRAP_MS // 2
        return unwrapped_ms + (stamp_ms - known_ms + half) % _WRAP_MS - half
