"""Prompts as the orchestrator and the router put them together, and the reading of their answers."""

import json
import re
from collections.abc import Sequence
from typing import Any

import httpx

NONCE = "7f3a9c2e"
KEYS = {name: f"{name}-development-key" for name in ("joxcoder", "openai", "anthropic")}
MODELS = {"joxcoder": "joxcoder-1", "openai": "gpt-4.1", "anthropic": "claude-sonnet-5-5"}
SYSTEM = "You are one of several senior engineers."
KINDS = {"architecture": "contract", "security_audit": "findings"}

FILES_FORMAT = f"""## Output format

Write every file between these two marker lines, exactly, nothing else on the line:
<<<FILE {NONCE} path/of/file.ext>>>
(content, verbatim; no code fences)
<<<END {NONCE}>>>
After the last file write one line per file with its path between:
<<<DONE {NONCE}>>>
path/of/file.ext
<<<END {NONCE}>>>
"""
JSON_FORMAT = '## Output format\n\nAnswer with one JSON document and nothing else.\n\n{"type": "object"}\n'


def prompt(
    step: str,
    request: str = "Landing page con formulario de contacto",
    *,
    project: str = "mi-super-app",
    language: str = "es",
    contract: Any = None,
    attempt: int = 1,
    writers: Sequence[str] = (),
) -> str:
    kind = KINDS.get(step, "files")
    header = "## This step\n\n"
    header += f"Project: {project}\nStep: {step}\nAttempt: {attempt}\nLanguage: {language}\nKind: {kind}\n\n"
    listed = "".join(f"- `{one}`: Writing {one}\n" for one in writers)
    steps = f"## Steps that write files\n\n{listed}\n" if writers else ""
    shown = (
        ""
        if contract is None
        else f"## Contract\n\n```json\n{json.dumps(contract, ensure_ascii=False)}\n```\n\n"
    )
    wish = f"<request>\n{request}\n</request>\n\n"
    return (
        wish
        + shown
        + header
        + steps
        + "Do this step.\n\n"
        + (FILES_FORMAT if kind == "files" else JSON_FORMAT)
    )


def body(prompt: str, /, **options: Any) -> dict[str, Any]:
    system = {"role": "system", "content": SYSTEM}
    return {"model": "joxcoder-1", "messages": [system, {"role": "user", "content": prompt}]} | options


def ask(client: httpx.Client, prompt: str, provider: str = "joxcoder", /, **options: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {KEYS[provider]}", "X-Autocrea-Call-Id": "call-1"}
    json_body = body(prompt, **({"model": MODELS[provider]} | options))
    return client.post(f"/{provider}/v1/chat/completions", json=json_body, headers=headers)


def ask_messages(client: httpx.Client, prompt: str, /, **options: Any) -> httpx.Response:
    """A call on Anthropic's wire; an option that is None is left out."""
    wanted = {
        "model": MODELS["anthropic"],
        "max_tokens": 64_000,
        "system": SYSTEM,
        "messages": [{"role": "user", "content": prompt}],
    } | options
    json_body = {name: value for name, value in wanted.items() if value is not None}
    headers = {
        "x-api-key": KEYS["anthropic"],
        "anthropic-version": "2023-06-01",
        "X-Autocrea-Call-Id": "call-1",
    }
    return client.post("/anthropic/v1/messages", json=json_body, headers=headers)


def text_of(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return str(response.json()["choices"][0]["message"]["content"])


def events_of(response: httpx.Response) -> list[Any]:
    """The data of every server-sent event; the end marker as the text [DONE]."""
    lines = [line for line in response.content.decode().split("\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    data = [line.removeprefix("data: ") for line in lines]
    return [one if one == "[DONE]" else json.loads(one) for one in data]


def streamed_text(events: list[Any]) -> str:
    choices = [choice for event in events if event != "[DONE]" for choice in event["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def files_in(text: str, nonce: str = NONCE) -> dict[str, str]:
    """The files of an answer; fails unless its closing list names exactly them, in order."""
    blocks = re.findall(
        rf"^<<<FILE {nonce} ([^\n]+)>>>\n(.*?)\n<<<END {nonce}>>>$", text, re.DOTALL | re.MULTILINE
    )
    done = re.search(rf"^<<<DONE {nonce}>>>\n(.*?)^<<<END {nonce}>>>\n?\Z", text, re.DOTALL | re.MULTILINE)
    assert done is not None, "the closing list is missing"
    assert [path for path, _ in blocks] == done[1].splitlines()
    return dict(blocks)
