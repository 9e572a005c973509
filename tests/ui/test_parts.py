"""Which parts are kept while something else is done, and which are made anew."""

from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tracker_app.study.flow import Place, Step
from tracker_app.study.study import Study
from tracker_app.ui.parts import Parts


@pytest.mark.parametrize("step", [Step.KNOWLEDGE_AFTER, Step.SUMMARY, Step.FEEDBACK])
def test_what_was_written_is_still_there_after_a_calibration_in_its_midst(
    qtbot: QtBot, study: Study, step: Step
) -> None:
    session: Any = SimpleNamespace(study=study, task=None)
    nothing: Any = None
    parts = Parts(session, nothing, None, nothing, nothing)
    part, other = parts.part_of(Place(step, 1)), parts.part_of(Place(step, 2))
    assert part is not None
    assert other is not None
    assert parts.part_of(Place(step, 1)) is part
    assert other is not part
    assert parts.lasts(part)
    parts.discard()
