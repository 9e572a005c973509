"""A fixed item: a prompt with responses that were written, or generated, beforehand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Response:
    """One of an item's responses."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """What is put before people in place of a talk."""

    id: str
    prompt: str
    responses: tuple[Response, ...]
    source: str = ""  # where it is from

    def response(self, response_id: str) -> Response:
        """One of its responses.

        Raises:
            KeyError: if it has no such response.
        """
        return {response.id: response for response in self.responses}[response_id]
