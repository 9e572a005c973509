"""Starts the collection server."""

import json
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tracker_app.errors import ServerError
from tracker_app.server.answers import add_answers
from tracker_app.server.api import create_app
from tracker_app.server.models import load_models
from tracker_app.store.sqlite import Store

# Clients send every 5 s; uvicorn's default of 5 s would reset about 1% of their connections.
KEEP_ALIVE_S = 75
GRACE_S = 10
MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How to serve."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free one
    code: str | None = None  # None: a fresh one
    code_uses: int = 1000
    certificate: Path | None = None
    key: Path | None = None
    models: Path | None = None  # that it asks for its participants


def serve(options: ServerOptions, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl+C.

    Args:
        options: where and how.
        announce: called once with a JSON object of `url` and `code` when connections are taken.

    Raises:
        ServerError: if it would be unprotected, or cannot start.
    """
    is_loopback = options.host in ("127.0.0.1", "::1", "localhost")
    if not is_loopback and (options.certificate is None or options.key is None):
        raise ServerError(
            "Beyond this computer the server needs TLS. Give --certificate and --key, or keep "
            "--host 127.0.0.1 behind a reverse proxy."
        )
    for file in (options.certificate, options.key):
        if file is not None and not file.is_file():
            raise ServerError(f"There is no file {file}. Correct --certificate and --key.")
    if (options.certificate is None) != (options.key is None):
        raise ServerError("TLS needs both --certificate and --key.")
    models = load_models(options.models) if options.models is not None else None
    with _listen(options) as listener, closing(Store(options.data)) as store:
        code = options.code or secrets.token_hex(12)  # never begins like an option: it is typed
        store.add_code(code, options.code_uses).result()
        scheme = "https" if options.certificate else "http"
        url = f"{scheme}://{options.host}:{listener.getsockname()[1]}"
        app = create_app(store)
        if models is not None:
            add_answers(app, store, models)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # addresses are personal data
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=options.certificate,
            ssl_keyfile=options.key,
        )
        # uvicorn raises the signal again when it has stopped: the store is still to be closed.
        signal.signal(signal.SIGTERM, lambda *_: None)
        announce(json.dumps({"url": url, "code": code}))
        uvicorn.Server(config).run(sockets=[listener])


def _listen(options: ServerOptions) -> socket.socket:
    """Listen before announcing: whoever reads the address may connect at once."""
    if not 0 <= options.port <= MAX_PORT:
        raise ServerError(f"Port {options.port} cannot be used: ports end at {MAX_PORT}.")
    try:
        return socket.create_server((options.host, options.port))
    except OSError as error:
        raise ServerError(
            f"Port {options.port} on {options.host} cannot be used: {error}."
        ) from error
