"""Small honest stand-ins for what a test cannot have."""


class FakeClock:
    """A clock that tests move. Each reading takes a microsecond, so stamps differ."""

    def __init__(self, t_ns: int = 1_000_000_000, utc_ns: int = 1_750_000_000_000_000_000) -> None:
        self.t_ns = t_ns
        self.wall_ns = utc_ns

    def now_ns(self) -> int:
        self.t_ns += 1_000
        self.wall_ns += 1_000
        return self.t_ns

    def utc_ns(self) -> int:
        return self.wall_ns

    def advance(self, seconds: float, *, suspended: bool = False) -> None:
        """Let time pass; in suspend only the wall clock runs."""
        step = round(seconds * 1_000_000_000)
        self.wall_ns += step
        if not suspended:
            self.t_ns += step

    def set_wall(self, utc_ns: int) -> None:
        """Somebody sets the system's time."""
        self.wall_ns = utc_ns
