import pytest

from tests.sessions import Script, build_session, with_changes
from tracker_app import records as r
from tracker_app.codec import Entry
from tracker_app.dataset.quality import measure
from tracker_app.dataset.reporting import NOT_HELD, Item, reporting_items

SESSION = build_session(Script(reading_s=4))


def _items(entries: list[Entry]) -> dict[str, Item]:
    items = reporting_items(entries, measure(entries), merge_px=19)
    assert len({item.name for item in items}) == len(items)
    return {item.name: item for item in items}


ITEMS = _items(SESSION)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Camera as it was opened", "device 0, 1280 by 720 px, through V4L2"),
        ("Landmarks", "MediaPipe Face Landmarker, as shipped with tracker-app 0.1.0"),
        ("Gaze estimator", "patches-1"),
        ("Sampling rate, nominal", "30 Hz"),
        ("What an operator did", "repeat (1)"),
        ("Screen: resolution, size, refresh rate", "eDP-1: 1920 by 1080 px, 486 by 273 mm, 60 Hz"),
        ("A degree of visual angle", "41 px at 601 mm"),
        ("Text", "Noto Sans, 22 px, lines 36 px apart (0.87°)"),
        ("Time at a point", "0.6 s to settle, then 1.0 s of samples"),
        ("Criterion", "mean error at the held-out points of at most 2.5°"),
        ("Attempts", "2, of which 1 accepted"),
        ("Accepted by", "the participant"),
        ("Calibrated again later", "no"),
        ("Drift checks", "6 dots"),
        ("Accuracy at validation", "1.4°, 95% interval of the mean 0.9 to 1.9"),
        ("BCEA, 68%", "1.21 deg²"),
        ("Data loss in the calibration", "2.0%"),
    ],
)
def test_items_are_told_from_the_records(name: str, value: str) -> None:
    assert ITEMS[name].value == value


@pytest.mark.parametrize(
    "name",
    [
        "Participants, exclusions and reasons for them",
        "Camera, make and model",
        "Room, and its light in lux",
        "Head support",
        "Latency of the camera, light to grab",
        "Trials and samples left out, and why",
    ],
)
def test_what_no_session_holds_stays_in_the_list_without_a_value(name: str) -> None:
    assert ITEMS[name].value is None
    assert ITEMS[name].source == NOT_HELD


def test_without_records_every_item_is_still_there_and_none_is_invented() -> None:
    empty = _items([])
    assert empty.keys() == ITEMS.keys()
    told = {name for name, item in empty.items() if item.value is not None}
    assert {empty[name].source for name in told} == {"method", "operator", "gaze_check"}
    assert empty["Drift checks"].value == empty["Drift correction"].value == "none"


@pytest.mark.parametrize("stream", r.RECORD_TYPES)
def test_an_item_without_its_stream_is_empty_or_a_count(stream: str) -> None:
    items = _items([e for e in SESSION if e.stream != stream])
    left = [item for item in items.values() if item.source == stream and item.value is not None]
    assert all(item.value in ("none", "nothing is recorded") for item in left)


def test_where_nothing_was_accepted_no_accuracy_is_told() -> None:
    items = _items(with_changes(SESSION, r.CalibrationResult, is_accepted=False))
    assert items["Accepted by"].value == "nobody"
    assert items["Attempts"].value == "2, of which 0 accepted"
    for name in ("Accuracy at validation", "Precision, STD", "Data loss in the calibration"):
        assert items[name].value is None


def test_figures_of_simulated_eyes_say_so_in_each_line() -> None:
    items = _items(build_session(Script(is_simulated=True, turns=1, reading_s=2)))
    figures = [i for i in items.values() if i.group == "Data quality" and i.value is not None]
    assert len(figures) == 10
    assert all(item.value and item.value.endswith("simulated eyes") for item in figures)
    assert items["Eyes before the camera"].value == "a program's"


def test_a_face_model_of_ones_own_is_named_without_its_folder() -> None:
    own = with_changes(SESSION, r.SessionInfo, settings={"face_model": "/home/me/f.task"})
    assert _items(own)["Landmarks"].value == "MediaPipe Face Landmarker, file f.task"
