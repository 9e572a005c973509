"""What the server's model proxy adds to each piece of an answer, in milliseconds.

A model's server on loopback stamps each piece as it sends it; the application stamps it as it
arrives, asked directly and through the proxy. Both run beside each other on this machine.
"""

import json
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.collection import CODE, SESSION_ID, ServerProcess
from tests.model_server import Handler, model_server
from tracker_app.chat.model_proxy import ModelProxy
from tracker_app.chat.openai_compatible import OpenAICompatible
from tracker_app.chat.provider import Cancellation, Piece, Provider
from tracker_app.recording.uploader import Destination

PIECES = 500
PAUSE_S = 0.005
QUESTION = [{"role": "user", "content": "Why?"}]


def main() -> None:
    wait = threading.Event().wait

    def stamping(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        for _i in range(PIECES):
            handler.piece(f"{time.perf_counter_ns()} ")
            wait(PAUSE_S)
        handler.complete()

    with model_server(stamping) as upstream, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "models.toml"
        model = {"id": "a", "provider": "openai", "endpoint": upstream.endpoint, "model": "m"}
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in model.items())
        file.write_text(f"[[models]]\n{lines}\n", "utf-8")
        with ServerProcess(Path(folder) / "data", file) as server:
            place = Destination(server.url, CODE, "study", "0" * 64)
            enrolment = place.enrolment(Path(folder), SESSION_ID)
            direct = OpenAICompatible(upstream.endpoint, "m")
            for name, provider in (("direct", direct), ("proxy", ModelProxy(enrolment, "a"))):
                late = sorted(_late_ms(provider))
                print(
                    f"{name}: median {statistics.median(late):.2f} ms, "
                    f"p95 {late[int(0.95 * len(late))]:.2f} ms, max {late[-1]:.2f} ms"
                )


def _late_ms(provider: Provider) -> list[float]:
    late = []
    for part in provider.answer(QUESTION, {}, Cancellation()):
        now_ns = time.perf_counter_ns()
        if isinstance(part, Piece):
            late.append((now_ns - int(part.text)) / 1e6)
    return late


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, {PIECES} pieces, one every {PAUSE_S * 1000:.0f} ms")
    main()
