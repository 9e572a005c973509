"""Small honest stand-ins for what a test cannot have."""


class FakeClock:
    """A clock that tests move. Each reading takes a microsecond, so stamps differ.

    By default it behaves as on Linux: it stands still in suspend and the time asleep is known.
    On Windows it runs on and the time asleep is not known.
    """

    def __init__(
        self,
        t_ns: int = 1_000_000_000,
        utc_ns: int = 1_750_000_000_000_000_000,
        *,
        runs_in_suspend: bool = False,
    ) -> None:
        self.t_ns = t_ns
        self.wall_ns = utc_ns
        self.slept_ns: int | None = None if runs_in_suspend else 0

    def now_ns(self) -> int:
        self.t_ns += 1_000
        self.wall_ns += 1_000
        return self.t_ns

    def utc_ns(self) -> int:
        return self.wall_ns

    def asleep_ns(self) -> int | None:
        return self.slept_ns

    def advance(self, seconds: float, *, suspended: bool = False) -> None:
        """Let time pass, awake or in suspend."""
        step = round(seconds * 1_000_000_000)
        self.wall_ns += step
        if suspended and self.slept_ns is not None:
            self.slept_ns += step
        else:
            self.t_ns += step

    def set_wall(self, utc_ns: int) -> None:
        """Somebody sets the system's time."""
        self.wall_ns = utc_ns
