"""The trivial upstream of all: answers a chat completion with the same small stream at once, or holds it open.

`upstream.py PORT`. A prompt that says HOLD gets half an answer of 64 KiB and then nothing until its client leaves.
"""

import asyncio
import json
import sys
from typing import Any

from aiohttp import web

PIECES = 20
"""Deltas of an answer: few, so that what is measured is the call and not its text."""
ANSWER = json.dumps({"summary": "Nothing to add. " * 20, "findings": []})
HELD = '{"summary": "' + "x" * 64 * 1024
USAGE = {"prompt_tokens": 500, "completion_tokens": 80, "total_tokens": 580}


def event(choices: list[dict[str, Any]], **more: Any) -> bytes:
    said = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "joxcoder-1", **more}
    return b"data: " + json.dumps({**said, "choices": choices}).encode() + b"\n\n"


def delta(text: str) -> bytes:
    return event([{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}])


def pieces(text: str) -> list[str]:
    size = -(-len(text) // PIECES)
    return [text[start : start + size] for start in range(0, len(text), size)]


WHOLE = [
    *(delta(piece) for piece in pieces(ANSWER)),
    event([{"index": 0, "delta": {}, "finish_reason": "stop"}]),
    event([], usage=USAGE),
    b"data: [DONE]\n\n",
]
HALF = b"".join(delta(piece) for piece in pieces(HELD))


class Upstream:
    """Counts what it was asked, so that nobody can answer in its place."""

    def __init__(self) -> None:
        self.calls = 0
        self.open = 0

    async def complete(self, request: web.Request) -> web.StreamResponse:
        asked = await request.read()
        self.calls += 1
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        if b"HOLD" not in asked:
            for one in WHOLE:
                await response.write(one)
            return response
        await response.write(HALF)
        self.open += 1
        try:
            await asyncio.Event().wait()  # aiohttp cancels this when the client leaves
        finally:
            self.open -= 1
        return response

    async def counted(self, _request: web.Request) -> web.Response:
        return web.json_response({"calls": self.calls, "open": self.open})


def main(port: int) -> None:
    upstream = Upstream()
    app = web.Application(client_max_size=2**22)
    app.router.add_post("/v1/chat/completions", upstream.complete)
    app.router.add_get("/counted", upstream.counted)
    web.run_app(app, host="127.0.0.1", port=port, print=None, handler_cancellation=True, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
