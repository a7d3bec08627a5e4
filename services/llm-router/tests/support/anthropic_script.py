"""What a server of Anthropic's messages wire sends, piece by piece."""

import json
from typing import Any

from wire_server import END, STREAM_HEAD, Script, chunked


def named(value: dict[str, Any]) -> bytes:
    """One event: this wire repeats the type as the event's name."""
    return chunked(f"event: {value['type']}\ndata: {json.dumps(value)}\n\n".encode())


def start(fresh: Any = 6, cached: Any = 3, written: Any = 2, model: str = "claude-of-the-day") -> bytes:
    """The message begins; what was read is told at once, what was cached beside what was not."""
    told = {
        "input_tokens": fresh,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": written,
        "output_tokens": 1,
    }
    message = {"id": "msg_1", "role": "assistant", "content": [], "model": model, "stop_reason": None}
    return named({"type": "message_start", "message": {**message, "usage": told}})


def block(kind: str = "text") -> bytes:
    """A content block begins."""
    return named({"type": "content_block_start", "index": 0, "content_block": {"type": kind, kind: ""}})


def delta(text: str) -> bytes:
    """A piece of the answer."""
    piece = {"type": "text_delta", "text": text}
    return named({"type": "content_block_delta", "index": 0, "delta": piece})


def stop(reason: str = "end_turn", written: Any = 7) -> bytes:
    """Why it stopped, and what was written in all."""
    end = {"stop_reason": reason, "stop_sequence": None}
    return named({"type": "message_delta", "delta": end, "usage": {"output_tokens": written}})


def error(kind: str, message: str = "words of theirs", **more: Any) -> bytes:
    """An error inside the stream."""
    return named({"type": "error", "error": {"type": kind, "message": message, **more}})


BLOCK_END = named({"type": "content_block_stop", "index": 0})
PING = named({"type": "ping"})
OVER = named({"type": "message_stop"})


def streamed(*parts: str, reason: str = "end_turn") -> Script:
    """A healthy answer."""
    said = [delta(part) for part in parts]
    return [STREAM_HEAD, start(), block(), PING, *said, BLOCK_END, stop(reason), OVER, END]
