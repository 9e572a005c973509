"""A real HTTP server that speaks both streaming protocols, and misbehaves on request."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """Speaks Anthropic's protocol where that is asked for, else OpenAI's."""

    protocol_version = "HTTP/1.1"
    server: "ModelServer"

    @property
    def is_anthropic(self) -> bool:
        return self.path.endswith("/messages")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(
            {"path": self.path, "headers": dict(self.headers), "body": body, **body}
        )
        self.server.reply(self, body)

    def start(self, content_type: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def refuse(self, status: int, body: object = None, headers: Mapping[str, str] = {}) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, data: dict[str, Any] | str) -> None:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        self.raw(f"data: {text}\n\n".encode())

    def piece(self, text: str) -> None:
        if self.is_anthropic:
            delta = {"type": "text_delta", "text": text}
            self.event({"type": "content_block_delta", "index": 0, "delta": delta})
        else:
            self.event({"choices": [{"index": 0, "delta": {"content": text}}]})

    def complete(self, reason: str = "stop") -> None:
        if self.is_anthropic:
            usage = {"output_tokens": 3}
            self.event({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage})
            self.event({"type": "message_stop"})
            return
        self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        self.event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})
        self.event("[DONE]")

    def error(self, error: object) -> None:
        self.event(json.dumps({"type": "error", "error": error}))

    def until_left(self, data: bytes, pause_s: float = 0.02) -> None:
        """Send this again and again, until the client is gone; then tell `server.is_left`."""
        try:
            while not self.server.is_stopping.wait(pause_s):
                self.raw(data)
        except OSError:
            self.server.is_left.set()

    def log_message(self, *args: object) -> None:
        del args


class ModelServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, reply: Reply, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.requests: list[dict[str, Any]] = []
        self.is_left = threading.Event()  # by a client that wants no more
        self.is_stopping = threading.Event()
        self._scheme = "https" if context else "http"
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def endpoint(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left early is part of the tests."""


@contextmanager
def model_server(reply: Reply, context: ssl.SSLContext | None = None) -> Iterator[ModelServer]:
    server = ModelServer(reply, context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.is_stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


def answering(pieces: list[str], pause_s: float = 0.0) -> Reply:
    """Answers every question with these pieces."""
    wait = threading.Event().wait

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.start()
        for piece in pieces:
            handler.piece(piece)
            if pause_s:
                wait(pause_s)
        handler.complete()

    return reply
