import sys
from pathlib import Path

import pytest

from tracker_app.capture.devices import CameraChoice, camera_choices


def device(folder: Path, number: int, name: str, index: str = "0") -> None:
    at = folder / f"video{number}"
    at.mkdir()
    (at / "name").write_text(name + "\n")
    (at / "index").write_text(index + "\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists its cameras")
def test_cameras_are_listed_by_name_without_their_other_nodes(tmp_path: Path) -> None:
    device(tmp_path, 10, "Document camera")
    device(tmp_path, 2, "Integrated Camera")
    device(tmp_path, 3, "Integrated Camera", index="1")
    assert camera_choices("2", tmp_path) == [
        CameraChoice("2", "Integrated Camera"),
        CameraChoice("10", "Document camera"),
    ]


def test_the_configured_camera_comes_first_even_if_it_is_a_file(tmp_path: Path) -> None:
    choices = camera_choices("some/face.mp4", tmp_path)
    assert choices[0] == CameraChoice("some/face.mp4", "face.mp4")


def test_a_machine_without_cameras_still_offers_the_configured_one(tmp_path: Path) -> None:
    assert camera_choices("0", tmp_path / "nothing")[0].source == "0"
