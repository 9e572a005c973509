from pathlib import Path

import pytest

from tracker_app.chat.anthropic import Anthropic
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.errors import ServerError
from tracker_app.server.models import load_models

FILE = """
[budget]
requests_per_session = 7

[[models]]
id = "a"
provider = "openai"
endpoint = "https://api.example.org/v1"
model = "grandmother-70b"
key_name = "first"
parameters = { temperature = 0.5 }
system_prompt = "Be kind."

[[models]]
id = "b"
provider = "anthropic"
endpoint = "https://models.example.com/v1"
model = "wolf-v99"
"""


def _load(folder: Path, text: str) -> str:
    """What is said of a file; nothing if it can be served."""
    path = folder / "models.toml"
    path.write_text(text, "utf-8")
    try:
        load_models(path, {"first": "k"}.get)
    except ServerError as error:
        return str(error).replace(f"{path}: ", "")
    return ""


def test_a_file_names_models_and_budget(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(FILE, "utf-8")
    served = load_models(path, {"first": "k"}.get)
    assert isinstance(served.models["a"].provider, OpenAICompatible)
    assert isinstance(served.models["b"].provider, Anthropic)
    assert served.budget.requests_per_session == 7
    assert served.budget.concurrent_per_session == 4


def test_its_system_prompt_stands_before_the_studys(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(FILE, "utf-8")
    served = load_models(path, {"first": "k"}.get)
    question = {"role": "user", "content": "Why?"}
    study = {"role": "system", "content": "Be brief."}
    assert served.models["a"].messages([study, question]) == [
        {"role": "system", "content": "Be kind.\n\nBe brief."},
        question,
    ]
    assert served.models["b"].messages([question]) == [question]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('model = "wolf-v99"\n', "", "models[2].model: is missing"),
        ('id = "b"', 'id = "a"', 'models[2].id: "a" stands there twice'),
        ('id = "b"', 'id = "the b"', "models[2].id: must be 1 to 60 letters"),
        ("system_prompt", "prompt", "models[1].prompt: is not known here"),
        ('"anthropic"', '"embedded"', "models[2].provider: should be 'openai' or 'anthropic'"),
        ("= 7", "= 0", "budget.requests_per_session: should be greater than or equal to 1"),
        ("= 7", '= "7"', "budget.requests_per_session: should be a valid integer"),
        ("https://api.example.org/v1", "", "models[1].endpoint: must be an address that begins"),
        ("[budget]", "[budget", "not valid TOML: "),
        ('key_name = "first"', 'key_name = "other"', "in the environment as TRACKER_KEY_OTHER"),
        ('key_name = "first"', 'key_name = "sk 1"', "never the key itself"),
        (FILE, "[budget]", "models: is missing"),
        (FILE, "models = []", "models: at least one is needed"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in FILE
    said = _load(tmp_path, FILE.replace(old, new))
    assert "there is 1 mistake in their file" in said
    assert sentence in said
    assert said.count("\n") == 1
    assert "sk 1" not in said


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    said = _load(tmp_path, FILE.replace("= 7", "= 0").replace('model = "wolf-v99"\n', ""))
    assert "there are 2 mistakes in their file" in said
    assert said.count("\n") == 2


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("grandmother", "grandmother"),
        ("grandmother2", "grandmother"),
        ("grand", "grand"),
        ("GRANDMOTHER-x", "grandmother"),
        ("x-70b", ""),  # two digits and a letter tell little
        ("api-1", "api"),
        ("example", "example"),
        ("a", ""),
        ("left", ""),
    ],
)
def test_an_id_gives_no_model_away(tmp_path: Path, name: str, word: str) -> None:
    said = _load(tmp_path, FILE.replace('id = "a"', f'id = "{name}"'))
    assert (f'models[1].id: "{word}" stands in its name or address too' in said) == bool(word)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="cannot be read"):
        load_models(tmp_path / "none.toml")


def test_no_key_of_the_file_is_shown_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_KEY_FIRST", "top-secret")
    path = tmp_path / "models.toml"
    path.write_text(FILE, "utf-8")
    assert "top-secret" not in repr(load_models(path))
