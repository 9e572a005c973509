"""Which completion code somebody takes home."""

from typing import Literal

from tracker_app.study.flow import Ending
from tracker_app.study.study import Completion


def code_for(completion: Completion, ending: Ending | Literal["withdrawn"]) -> str:
    """The code that goes with an ending; empty where there is none.

    Who stops early, is stopped by who runs the study or withdraws gets the code for that, or that
    of the whole study where leaving is paid.
    """
    match ending:
        case "finished":
            return completion.complete
        case "screened_out":
            return completion.screened_out
        case "calibrated":
            return ""
        case _:
            instead = completion.complete if completion.leaving_is_paid else ""
            return completion.left or instead
