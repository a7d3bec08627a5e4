"""The wires, read by their vendors' own clients: what they understand is what the vendor sends."""

import anthropic
import httpx
import openai
import pytest
from autocrea.testkit.commands import Process
from prompts import KEYS, SYSTEM, ask, prompt, text_of

MESSAGES = [{"role": "user", "content": prompt("backend")}]
MODEL = "claude-sonnet-5-5"


@pytest.fixture
def openai_client(process: Process) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{process.url}/openai/v1", api_key=KEYS["openai"], max_retries=0)


@pytest.fixture
def anthropic_client(process: Process) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=f"{process.url}/anthropic", api_key=KEYS["anthropic"], max_retries=0)


def rule(client: httpx.Client, **effect: object) -> None:
    assert client.post("/_sim/rules", json={"effect": effect}).status_code == 201


def test_openai_reads_a_stream_with_its_usage(client: httpx.Client, openai_client: openai.OpenAI) -> None:
    chunks = list(
        openai_client.chat.completions.create(
            model="gpt-4.1", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
    assert text == text_of(ask(client, prompt("backend")))
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == -(-len(text) // 4)


def test_openai_reads_an_answer_that_is_not_streamed(openai_client: openai.OpenAI) -> None:
    answer = openai_client.chat.completions.create(
        model="gpt-4.1", messages=MESSAGES, max_completion_tokens=9
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 9
    assert answer._request_id is not None
    assert {model.id for model in openai_client.models.list()} == {"gpt-4.1", "gpt-4.1-mini"}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
def test_openai_knows_the_error_of_a_status(
    client: httpx.Client, openai_client: openai.OpenAI, status: int, error: type[openai.APIStatusError]
) -> None:
    rule(client, status=status)
    with pytest.raises(error) as caught:
        openai_client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    assert caught.value.status_code == status
    assert caught.value.type in ("invalid_request_error", "requests", "server_error")


def test_anthropic_reads_a_stream_with_its_usage(
    client: httpx.Client, anthropic_client: anthropic.Anthropic
) -> None:
    with anthropic_client.messages.stream(
        model=MODEL, max_tokens=64_000, system=SYSTEM, messages=MESSAGES
    ) as stream:
        text = "".join(stream.text_stream)
        message = stream.get_final_message()
    assert text == text_of(ask(client, prompt("backend")))
    assert [block.type for block in message.content] == ["text"]
    assert (message.stop_reason, message.model) == ("end_turn", MODEL)
    assert message.usage.output_tokens == -(-len(text) // 4)
    assert message.usage.cache_read_input_tokens == 0


def test_anthropic_reads_an_answer_that_is_not_streamed(anthropic_client: anthropic.Anthropic) -> None:
    message = anthropic_client.messages.create(model=MODEL, max_tokens=9, messages=MESSAGES)
    assert (message.stop_reason, message.usage.output_tokens) == ("max_tokens", 9)
    assert message._request_id is not None
    assert MODEL in [model.id for model in anthropic_client.models.list()]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, anthropic.BadRequestError),
        (401, anthropic.AuthenticationError),
        (403, anthropic.PermissionDeniedError),
        (404, anthropic.NotFoundError),
        (413, anthropic.RequestTooLargeError),
        (429, anthropic.RateLimitError),
        (500, anthropic.InternalServerError),
        (529, anthropic.OverloadedError),
    ],
)
def test_anthropic_knows_the_error_of_a_status(
    client: httpx.Client,
    anthropic_client: anthropic.Anthropic,
    status: int,
    error: type[anthropic.APIStatusError],
) -> None:
    rule(client, status=status)
    with pytest.raises(error) as caught:
        anthropic_client.messages.create(model=MODEL, max_tokens=9, messages=MESSAGES)
    assert caught.value.status_code == status
    assert caught.value.type
    assert caught.value.request_id


def test_anthropic_reads_thoughts_and_refusals(
    client: httpx.Client, anthropic_client: anthropic.Anthropic
) -> None:
    rule(client, think_seconds=0.2, refuse_after_chars=50)
    with anthropic_client.messages.stream(model=MODEL, max_tokens=64_000, messages=MESSAGES) as stream:
        message = stream.get_final_message()
    thoughts, text = message.content
    assert (thoughts.type, text.type, message.stop_reason) == ("thinking", "text", "refusal")
    assert thoughts.signature
    assert len(text.text) == 50
    assert message.stop_details is not None
    assert message.stop_details.category == "cyber"


def test_anthropic_raises_the_error_that_breaks_into_a_stream(
    client: httpx.Client, anthropic_client: anthropic.Anthropic
) -> None:
    rule(client, error="overloaded", error_after_chars=50, keep_alive_seconds=0.05)
    with (
        anthropic_client.messages.stream(model=MODEL, max_tokens=64_000, messages=MESSAGES) as stream,
        pytest.raises(anthropic.APIStatusError, match="overloaded_error"),
    ):
        stream.until_done()


def test_anthropic_knows_that_a_spend_cap_is_no_rate_limit(
    client: httpx.Client, anthropic_client: anthropic.Anthropic
) -> None:
    rule(client, error="spend_cap")
    with pytest.raises(anthropic.RateLimitError) as caught:
        anthropic_client.messages.create(model=MODEL, max_tokens=9, messages=MESSAGES)
    assert caught.value.error_code == "enforced_spend_limit_reached"


def test_openai_raises_the_error_that_breaks_into_a_stream(
    client: httpx.Client, openai_client: openai.OpenAI
) -> None:
    rule(client, status=500, error_after_chars=50)
    stream = openai_client.chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True)
    with pytest.raises(openai.APIError):
        list(stream)


def test_openai_reads_a_refusal(client: httpx.Client, openai_client: openai.OpenAI) -> None:
    rule(client, refuse_after_chars=0)
    answer = openai_client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    assert answer.choices[0].message.content is None
    assert answer.choices[0].message.refusal


@pytest.mark.parametrize("framing", [["crlf"], ["comments"], ["split_lines"], ["no_space"]])
def test_both_read_a_stream_that_is_framed_in_another_way(
    client: httpx.Client,
    openai_client: openai.OpenAI,
    anthropic_client: anthropic.Anthropic,
    framing: list[str],
) -> None:
    text = text_of(ask(client, prompt("backend")))
    rule(client, framing=framing)
    chunks = openai_client.chat.completions.create(model="gpt-4.1", messages=MESSAGES, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
    with anthropic_client.messages.stream(model=MODEL, max_tokens=64_000, messages=MESSAGES) as stream:
        assert "".join(stream.text_stream) == text
