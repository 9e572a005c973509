"""How this program starts itself again, for what runs in a process of its own."""

import sys


def own_command(*arguments: str) -> list[str]:
    """The command line of another `tracker-app`; the same in an environment and in a bundle."""
    module = [] if getattr(sys, "frozen", False) else ["-m", "tracker_app"]
    return [sys.executable, *module, *arguments]
