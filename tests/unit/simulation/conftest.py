from pathlib import Path

import pytest

from tests.faces import SeenFace, first_faces


@pytest.fixture(scope="session")
def faces(face_video: Path) -> list[SeenFace]:
    """The first seconds of the face video; every frame of it has a face."""
    return first_faces(face_video)
