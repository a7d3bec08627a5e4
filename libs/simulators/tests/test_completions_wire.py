"""The OpenAI wire, against the running process."""

import httpx
import pytest
from prompts import ask, body, events_of, files_in, prompt, streamed_text, text_of


def test_answer_is_a_chat_completion_when_not_streamed(client: httpx.Client) -> None:
    user = prompt("backend")
    answer = ask(client, user).json()
    text = answer["choices"][0]["message"]["content"]
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "joxcoder-1"
    assert answer["choices"][0]["finish_reason"] == "stop"
    system = body(user)["messages"][0]["content"]
    prompt_tokens = -(-len(system) // 4) + -(-len(user) // 4)
    assert answer["usage"]["prompt_tokens"] == prompt_tokens
    assert answer["usage"]["completion_tokens"] == -(-len(text) // 4)
    assert answer["usage"]["total_tokens"] == prompt_tokens + answer["usage"]["completion_tokens"]
    assert answer["usage"]["prompt_tokens_details"] == {"cached_tokens": 0}


def test_usage_comes_in_the_last_chunk_when_it_is_included(client: httpx.Client) -> None:
    user = prompt("backend")
    response = ask(client, user, stream=True, stream_options={"include_usage": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    *chunks, last, end = events_of(response)
    assert end == "[DONE]"
    assert last["choices"] == []
    assert last["usage"] == ask(client, user).json()["usage"]
    assert all(chunk["usage"] is None and len(chunk["choices"]) == 1 for chunk in chunks)
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"


def test_no_usage_is_sent_when_it_is_not_included(client: httpx.Client) -> None:
    *chunks, end = events_of(ask(client, prompt("backend"), stream=True))
    assert end == "[DONE]"
    assert all("usage" not in chunk for chunk in chunks)


def test_text_is_the_same_when_streamed_or_not_and_on_every_call(client: httpx.Client) -> None:
    user = prompt("frontend")
    whole = text_of(ask(client, user))
    assert streamed_text(events_of(ask(client, user, stream=True))) == whole
    assert text_of(ask(client, user)) == whole
    assert files_in(whole)


def test_both_providers_write_the_same_when_asked_the_same(client: httpx.Client) -> None:
    user = prompt("architecture")
    answer = ask(client, user, "openai", model="gpt-4.1-mini")
    assert answer.json()["model"] == "gpt-4.1-mini"
    assert text_of(answer) == text_of(ask(client, user))


@pytest.mark.parametrize("model", ["joxcoder", "joxcoder-latest"])
def test_model_is_echoed_as_asked_when_an_alias_is_used(client: httpx.Client, model: str) -> None:
    answer = ask(client, prompt("backend"), model=model).json()
    assert answer["model"] == model


def test_models_are_listed_when_asked_for(client: httpx.Client) -> None:
    models = client.get("/joxcoder/v1/models").json()
    assert models["object"] == "list"
    assert [model["id"] for model in models["data"]] == ["joxcoder-1"]
    assert [model["id"] for model in client.get("/openai/v1/models").json()["data"]] == [
        "gpt-4.1",
        "gpt-4.1-mini",
    ]


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer wrong", "Basic joxcoder-development-key"])
def test_call_is_refused_when_the_key_is_wrong(client: httpx.Client, key: str) -> None:
    response = client.post(
        "/joxcoder/v1/chat/completions", json=body(prompt("backend")), headers={"Authorization": key}
    )
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "invalid_api_key"


def test_call_is_refused_when_the_model_is_unknown(client: httpx.Client) -> None:
    response = ask(client, prompt("backend"), model="gpt-9")
    assert response.status_code == 404
    error = response.json()["error"]
    assert (error["code"], error["type"]) == ("model_not_found", "invalid_request_error")
    assert "`gpt-9`" in error["message"]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"model": None}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": [{"content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"max_tokens": 0}, "max_tokens"),
    ],
)
def test_call_is_refused_when_the_body_is_wrong(
    client: httpx.Client, change: dict[str, object], param: str
) -> None:
    response = ask(client, prompt("backend"), **change)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_call_is_refused_when_the_body_is_not_json(client: httpx.Client) -> None:
    headers = {"Authorization": "Bearer joxcoder-development-key"}
    response = client.post("/joxcoder/v1/chat/completions", content=b"{", headers=headers)
    assert response.status_code == 400
    assert "parse the JSON body" in response.json()["error"]["message"]


def test_answer_is_cut_with_length_when_max_tokens_is_reached(client: httpx.Client) -> None:
    answer = ask(client, prompt("backend"), max_tokens=50).json()
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 50


def test_content_parts_are_read_when_the_prompt_comes_as_a_list(client: httpx.Client) -> None:
    user = prompt("backend")
    parts = [{"type": "text", "text": user}]
    assert text_of(ask(client, "", messages=[{"role": "user", "content": parts}])) == text_of(
        ask(client, user)
    )


def test_any_other_text_gets_a_short_answer_when_it_is_no_prompt_of_ours(client: httpx.Client) -> None:
    assert "AUTOCREA" in text_of(ask(client, "hola"))


def test_earlier_files_are_left_out_when_the_answer_is_continued(client: httpx.Client) -> None:
    user = prompt("backend")
    whole = files_in(text_of(ask(client, user)))
    first = next(iter(whole))
    cut = text_of(ask(client, user)).index("<<<FILE", 1) + 40
    messages = [
        {"role": "user", "content": user},
        {"role": "assistant", "content": text_of(ask(client, user))[:cut]},
        {"role": "user", "content": "Continue after the last complete file."},
    ]
    rest = text_of(ask(client, "", messages=messages))
    assert f"<<<FILE 7f3a9c2e {first}>>>" not in rest
    assert all(f"<<<FILE 7f3a9c2e {path}>>>" in rest for path in list(whole)[1:])
    assert rest.rstrip().split("<<<DONE 7f3a9c2e>>>\n")[1].splitlines()[:-1] == list(whole)
