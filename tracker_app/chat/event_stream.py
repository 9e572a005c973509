"""Server-sent events (WHATWG HTML, section 9.2): from bytes to the data of each event.

Strictly UTF-8, whatever a header claims: replacement characters would stand in an answer that
people judge. Lines end with LF or CRLF, as every server sends them.
"""

from tracker_app.chat.failures import failure
from tracker_app.errors import FailureKind

MAX_EVENT_BYTES = 4_000_000  # with the probabilities of a long answer's tokens, less than one


class EventSplitter:
    """Takes bytes in as they come and gives out the data of each event that is whole."""

    def __init__(self) -> None:
        self._rest = bytearray()  # of a line
        self._data: list[str] = []  # of an event
        self._bytes = 0
        self._is_ping = False

    def feed(self, block: bytes) -> list[str]:
        """The data of the events that end in this block.

        Raises:
            ProviderError: if it is not UTF-8, or an event has no end.
        """
        self._rest += block
        lines: list[bytearray] = []
        if b"\n" in block:
            *lines, self._rest = self._rest.split(b"\n")
        if self._bytes + len(self._rest) > MAX_EVENT_BYTES:
            raise failure(FailureKind.MALFORMED)
        return [data for line in lines if (data := self._take(line.removesuffix(b"\r")))]

    def end(self) -> list[str]:
        """The data of a last event that no empty line follows."""
        data = self._finish()
        return [data] if data else []

    def _take(self, line: bytearray) -> str:
        if not line:
            return self._finish()
        self._bytes += len(line)
        if self._bytes > MAX_EVENT_BYTES:
            raise failure(FailureKind.MALFORMED)
        try:
            field, _, value = line.decode().partition(":")
        except UnicodeDecodeError as error:
            raise failure(FailureKind.MALFORMED) from error
        value = value.removeprefix(" ")
        match field:
            case "data":
                self._data.append(value)
            case "event":
                self._is_ping = value == "ping"  # Anthropic's: says no more than a comment
            case "error":  # llama.cpp before October 2025: a field that the standard has not
                self._data.append(f'{{"error": {value}}}')
            case _:
                pass
        return ""

    def _finish(self) -> str:
        data = "" if self._is_ping else "\n".join(self._data)
        self._data, self._bytes, self._is_ping = [], 0, False
        return data
