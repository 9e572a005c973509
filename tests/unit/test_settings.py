from pathlib import Path

import pytest

from tracker_app.errors import SettingsError
from tracker_app.settings import Settings, load_settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('camera = "1"\nscreen_width_mm = 300\n')
    settings = load_settings(file, {"TRACKER_CAMERA": "2"})
    assert (settings.camera, settings.screen_width_mm) == ("2", 300.0)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(None, {"TRACKER_DATA_DIR": str(tmp_path)})
    assert settings.data_dir == tmp_path
    assert settings.camera == "0"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('camra = "1"', "camra"),
        ("camera = ", "not valid TOML"),
        ("screen_width_mm = 'wide'", "screen_width_mm"),
        ("camera = '\udcff'", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SettingsError, match=sentence) as caught:
        load_settings(file, {})
    assert "\n" not in str(caught.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", {})


def test_the_description_leaves_the_code_out() -> None:
    described = Settings(data_dir=Path("d"), server_code="secret").described()
    assert described["data_dir"] == "d"
    assert "secret" not in described.values()
