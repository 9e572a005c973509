"""An HTTP proxy that breaks requests on purpose, one fault after another."""

import http.client
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

# lose: hand the request on and hang up without the answer. drop: hang up before handing it on.
Fault = Literal["none", "lose", "drop", "busy", "portal", "other seq", "redirect", "not found"]


class FaultyProxy:
    """Stands between a client and a server; each request meets the next fault, then none."""

    def __init__(self, port: int, faults: Sequence[Fault]) -> None:
        self.upstream_port = port
        self.faults = list(faults)
        self.requests: list[str] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_fault(self, path: str) -> Fault:
        with self._lock:
            self.requests.append(path)
            return self.faults.pop(0) if self.faults else "none"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Tests need no access log."""

            def do_PUT(self) -> None:  # named by http.server
                self._pass_on()

            def do_POST(self) -> None:  # named by http.server
                self._pass_on()

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fault = proxy.next_fault(self.path)
                if fault == "drop":
                    self.close_connection = True
                elif fault == "busy":
                    self._answer(503, b"busy", "0")
                elif fault == "portal":
                    self._answer(200, b"<html>Welcome to the hotel</html>")
                elif fault == "other seq":
                    self._answer(200, b'{"seq":77,"acked_through":77}')
                elif fault == "redirect":
                    self._answer(307, b"")
                elif fault == "not found":
                    self._answer(404, b"")
                else:
                    self._forward(body, is_lost=fault == "lose")

            def _forward(self, body: bytes, *, is_lost: bool) -> None:
                upstream = http.client.HTTPConnection("127.0.0.1", proxy.upstream_port, timeout=20)
                try:
                    upstream.request(self.command, self.path, body, dict(self.headers))
                    response = upstream.getresponse()
                    answer = response.read()
                except OSError:
                    self.close_connection = True
                    return
                finally:
                    upstream.close()
                if is_lost:
                    self.close_connection = True
                else:
                    self._answer(response.status, answer)

            def _answer(self, status: int, body: bytes, retry_after: str | None = None) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if retry_after is not None:
                    self.send_header("Retry-After", retry_after)
                if status == 307:
                    self.send_header("Location", "http://192.0.2.1/elsewhere")
                self.end_headers()
                self.wfile.write(body)

        return Handler
