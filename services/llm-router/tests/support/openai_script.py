"""What a server of the chat completions wire sends, piece by piece."""

from typing import Any

from wire_server import END, STREAM_HEAD, Script, event


def delta(text: str, **more: Any) -> bytes:
    """A piece of the answer."""
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}], **more})


def stop(reason: str = "stop") -> bytes:
    return event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})


def usage(prompt: Any = 11, completion: Any = 7, cached: Any = 3) -> bytes:
    details = {"cached_tokens": cached}
    told = {"prompt_tokens": prompt, "completion_tokens": completion, "prompt_tokens_details": details}
    return event({"choices": [], "usage": told})


DONE = event("[DONE]")


def streamed(*parts: str, reason: str = "stop") -> Script:
    """A healthy answer."""
    return [STREAM_HEAD, *(delta(part) for part in parts), stop(reason), usage(), DONE, END]
