from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.faces import SeenFace, pictures
from tracker_app.gaze.landmarks import FaceLandmarker
from tracker_app.gaze.model_file import find_face_model

FRAMES = 60
FRAME_NS = 40_000_000


@pytest.fixture(scope="session")
def landmarker() -> Iterator[FaceLandmarker]:
    model = FaceLandmarker(find_face_model())
    yield model
    model.close()


@pytest.fixture(scope="session")
def faces(face_video: Path, landmarker: FaceLandmarker) -> list[SeenFace]:
    """The first two seconds of the face video; every frame of it has a face."""
    seen = []
    for number, image in enumerate(islice(pictures(face_video), FRAMES)):
        face = landmarker.detect(image, number * FRAME_NS)
        assert face is not None, f"no face in frame {number}"
        seen.append(SeenFace(image, face))
    return seen
