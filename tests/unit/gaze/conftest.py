from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces import SeenFace, first_faces
from tracker_app.gaze.landmarks import FaceLandmarker
from tracker_app.gaze.model_file import find_face_model


@pytest.fixture(scope="session")
def landmarker() -> Iterator[FaceLandmarker]:
    """For pictures that have nothing to do with each other."""
    model = FaceLandmarker(find_face_model(), stills=True)
    yield model
    model.close()


@pytest.fixture(scope="session")
def faces(face_video: Path) -> list[SeenFace]:
    """The first seconds of the face video; every frame of it has a face."""
    return first_faces(face_video)
