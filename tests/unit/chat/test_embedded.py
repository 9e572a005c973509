"""The demonstration model itself: a real llama.cpp."""

from collections.abc import Iterator

import pytest

from tracker_app.chat.embedded import EmbeddedModel, find_weights
from tracker_app.chat.provider import Cancellation, Finish
from tracker_app.errors import FailureKind, ModelFileError, ProviderError

pytest.importorskip("xllamacpp")


@pytest.fixture(scope="module")
def model() -> Iterator[EmbeddedModel]:
    try:
        model = EmbeddedModel()
    except ModelFileError as error:
        pytest.skip(str(error))
    yield model
    model.close()


def test_it_tells_its_tokens_and_its_name_but_not_where_it_lies(model: EmbeddedModel) -> None:
    question = [{"role": "user", "content": "Why is the sky blue?"}]
    parameters = {"max_tokens": 8, "logprobs": True, "seed": 7}
    *_, finish = model.answer(question, parameters, Cancellation())
    assert isinstance(finish, Finish)
    assert finish.model == find_weights().name
    assert len(finish.tokens) == finish.usage["completion_tokens"] == 8
    assert all(token.logprob <= 0 for token in finish.tokens)


def test_a_conversation_that_is_too_long_is_told_as_that(model: EmbeddedModel) -> None:
    question = [{"role": "user", "content": "word " * 20_000}]
    with pytest.raises(ProviderError) as caught:
        list(model.answer(question, {}, Cancellation()))
    assert caught.value.kind is FailureKind.CONTEXT_OVERFLOW


def test_who_left_is_answered_nothing(model: EmbeddedModel) -> None:
    cancel = Cancellation()
    cancel.set()
    assert list(model.answer([{"role": "user", "content": "Why?"}], {}, cancel)) == []
