"""What the mouse's process says to the application, and how it goes through the pipe.

Each message is msgpack behind its length in four bytes. Events are the very records that are
stored, so that there is no second definition of them to keep in step.
"""

import struct
from collections.abc import Iterator
from typing import IO

import msgspec

from tracker_app.decoding import decodable
from tracker_app.records import MouseEvent

_LENGTH = struct.Struct(">I")


@decodable
class Hello(msgspec.Struct, frozen=True, tag=True):
    """The process listens; `t_ns` is its clock's reading."""

    t_ns: int


@decodable
class Events(msgspec.Struct, frozen=True, tag=True):
    """Mouse events in order, what lay outside our windows already dropped."""

    events: list[MouseEvent]


@decodable
class Beat(msgspec.Struct, frozen=True, tag=True):
    """The process lives, and the `sent` events it has sent are all there were until `t_ns`."""

    t_ns: int
    sent: int


@decodable
class Missed(msgspec.Struct, frozen=True, tag=True):
    """The listener heard nothing although there was something; it has been started again."""

    since_ns: int
    t_ns: int
    reason: str


@decodable
class Refused(msgspec.Struct, frozen=True, tag=True):
    """The system does not let the process listen; it ends."""

    reason: str


Message = Hello | Events | Beat | Missed | Refused
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def framed(message: Message) -> bytes:
    """A message as it goes through the pipe."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def read_messages(pipe: IO[bytes]) -> Iterator[Message]:
    """Messages until the pipe ends; one cut off by the end of its writer is dropped.

    Raises:
        msgspec.ValidationError: if the other side speaks another language.
    """
    while len(head := pipe.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        body = pipe.read(length)
        if len(body) < length:
            return
        yield _decoder.decode(body)
