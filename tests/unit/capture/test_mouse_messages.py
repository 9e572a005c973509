import io

import msgspec
import pytest

from tests.mice import move
from tracker_app.capture.mouse_messages import Beat, Events, Hello, Message, framed, read_messages

SAID: list[Message] = [Hello(5), Events([move(7), move(8, inside=False)]), Beat(9, sent=2)]


def test_messages_arrive_as_they_were_sent() -> None:
    pipe = io.BytesIO(b"".join(framed(m) for m in SAID))
    assert list(read_messages(pipe)) == SAID


@pytest.mark.parametrize("cut", [1, 3, 5, 20])
def test_a_message_cut_off_by_its_senders_death_is_dropped(cut: int) -> None:
    whole = b"".join(framed(m) for m in SAID)
    assert list(read_messages(io.BytesIO(whole[: len(framed(SAID[0])) + cut]))) == SAID[:1]


def test_another_language_is_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        list(read_messages(io.BytesIO(b"\0\0\0\2hi")))
