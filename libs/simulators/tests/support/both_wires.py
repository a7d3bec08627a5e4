"""Both wires seen alike: how a call is made on each, and where an answer holds text, reason and usage."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from prompts import KEYS, MODELS, SYSTEM

COMPLETIONS, MESSAGES = "joxcoder", "anthropic"
PROVIDERS = (COMPLETIONS, MESSAGES)


@dataclass(frozen=True)
class Told:
    """An answer, as its reader understands it. `lines` are the raw lines of a stream."""

    text: str
    finish: str | None
    usage: Any
    events: tuple[Any, ...] = ()
    lines: tuple[str, ...] = ()


def path_of(provider: str) -> str:
    return f"/{provider}/v1/{'messages' if provider == MESSAGES else 'chat/completions'}"


def headers_of(provider: str) -> dict[str, str]:
    if provider == MESSAGES:
        return {"x-api-key": KEYS[provider], "anthropic-version": "2023-06-01"}
    return {"Authorization": f"Bearer {KEYS[provider]}"}


def body_of(provider: str, user: str, **options: Any) -> dict[str, Any]:
    turn = {"role": "user", "content": user}
    if provider == MESSAGES:
        base: dict[str, Any] = {"system": SYSTEM, "messages": [turn], "max_tokens": 64_000}
    else:
        base = {"messages": [{"role": "system", "content": SYSTEM}, turn]}
        if options.get("stream"):
            base["stream_options"] = {"include_usage": True}
    return {"model": MODELS[provider]} | base | options


def post(client: httpx.Client, provider: str, user: str, **options: Any) -> httpx.Response:
    return client.post(
        path_of(provider), json=body_of(provider, user, **options), headers=headers_of(provider)
    )


@contextmanager
def streaming(
    client: httpx.Client, provider: str, user: str, timeout: float = 20
) -> Iterator[httpx.Response]:
    body = body_of(provider, user, stream=True)
    with client.stream(
        "POST", path_of(provider), json=body, headers=headers_of(provider), timeout=timeout
    ) as response:
        yield response


def streamed(client: httpx.Client, provider: str, user: str) -> Told:
    response = post(client, provider, user, stream=True)
    assert response.status_code == 200, response.text
    return told(provider, response.content)


def whole(client: httpx.Client, provider: str, user: str) -> Told:
    response = post(client, provider, user)
    assert response.status_code == 200, response.text
    answer = response.json()
    if provider == MESSAGES:
        text = "".join(block["text"] for block in answer["content"] if block["type"] == "text")
        return Told(text, answer["stop_reason"], answer.get("usage"), (answer,))
    (choice,) = answer["choices"]
    return Told(choice["message"]["content"] or "", choice["finish_reason"], answer.get("usage"), (answer,))


def told(provider: str, raw: bytes) -> Told:
    """What a stream says, by the standard's rules: any line ends, comments, fields with and without a space."""
    lines = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    events = [event for event in _events(lines) if event != "[DONE]"]
    text, finish, usage = "", None, None
    for event in events:
        part = _messages_part(event) if provider == MESSAGES else _completions_part(event)
        text, finish, usage = text + part.text, part.finish or finish, part.usage or usage
    return Told(text, finish, usage, tuple(events), tuple(lines))


def _events(lines: list[str]) -> Iterator[Any]:
    data: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            joined = "\n".join(data)
            data = []
            yield joined if joined == "[DONE]" else json.loads(joined)


def _completions_part(event: Any) -> Told:
    choice = next(iter(event.get("choices", ())), {"delta": {}})
    return Told(choice["delta"].get("content") or "", choice.get("finish_reason"), event.get("usage"))


def _messages_part(event: Any) -> Told:
    kind = event.get("type")
    text = event["delta"].get("text", "") if kind == "content_block_delta" else ""
    finish = event["delta"].get("stop_reason") if kind == "message_delta" else None
    usage = event.get("usage") if kind == "message_delta" else None
    return Told(text, finish, usage)


def rule(
    client: httpx.Client, effect: dict[str, Any], match: dict[str, Any] | None = None, **more: Any
) -> int:
    response = client.post("/_sim/rules", json={"match": match or {}, "effect": effect} | more)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


def log(client: httpx.Client, **wanted: str) -> list[dict[str, Any]]:
    return list(client.get("/_sim/log", params=wanted).json()["calls"])
