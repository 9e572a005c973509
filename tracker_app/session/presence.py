"""Whether somebody is still there: after a long absence, and after sleep, recording pauses."""

SLEEP_NS = 30_000_000_000


class Presence:
    """Watches signs of life; looked at a few times a second."""

    def __init__(self, limit_min: int) -> None:
        """Watch from now on.

        Args:
            limit_min: minutes without a sign, after which nobody is there.
        """
        self._limit_ns = limit_min * 60_000_000_000
        self._signs: object = None
        self._seen_ns: int | None = None
        self._looked_utc_ns: int | None = None

    def is_away(self, t_ns: int, utc_ns: int, signs: object, *, has_face: bool) -> bool:
        """Whether nobody has been there for long, or the computer has just slept.

        Args:
            t_ns: session clock, which may stand still while the computer sleeps.
            utc_ns: wall time of the same moment.
            signs: anything that differs once somebody has moved the mouse or typed.
            has_face: the camera sees somebody: who reads quietly is there.
        """
        last_utc_ns, self._looked_utc_ns = self._looked_utc_ns, utc_ns
        if has_face or signs != self._signs or self._seen_ns is None:
            self._signs, self._seen_ns = signs, t_ns
        has_slept = last_utc_ns is not None and utc_ns - last_utc_ns > SLEEP_NS
        return has_slept or t_ns - self._seen_ns >= self._limit_ns

    def begin_again(self) -> None:
        """Somebody is there: they have just said so."""
        self._seen_ns = self._looked_utc_ns = None
