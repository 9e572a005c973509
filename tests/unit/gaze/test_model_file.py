import importlib.metadata
import sys
from pathlib import Path

import pytest

from tracker_app.errors import ModelFileError
from tracker_app.gaze.model_file import find_face_model


def test_the_shipped_model_is_found_without_importing_its_package() -> None:
    assert find_face_model().name == "face_landmarker.task"
    assert "ogm" not in sys.modules


def test_a_configured_file_is_used_if_it_is_the_expected_one(tmp_path: Path) -> None:
    copy = tmp_path / "model.task"
    copy.write_bytes(find_face_model().read_bytes())
    assert find_face_model(copy) == copy


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.task"
    path.write_bytes(find_face_model().read_bytes()[:-1])
    with pytest.raises(ModelFileError, match="not the expected file"):
        find_face_model(path)


def test_a_missing_file_names_the_setting_to_correct(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="Correct face_model in the settings"):
        find_face_model(tmp_path / "none.task")


def test_the_bundle_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = tmp_path / "ogm" / "models" / "face_landmarker.task"
    bundled.parent.mkdir(parents=True)
    bundled.write_bytes(find_face_model().read_bytes())
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert find_face_model() == bundled


def test_without_the_package_the_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", missing)
    with pytest.raises(ModelFileError, match="Install the package ogm-vision"):
        find_face_model()
