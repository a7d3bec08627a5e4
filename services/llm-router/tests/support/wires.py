"""Every wire, said in its own words: what the conformance suite needs to play the same part on each."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anthropic_script
import openai_script
from autocrea.llm_router.adapters.anthropic_wire import AnthropicDialect
from autocrea.llm_router.adapters.openai_wire import OpenAiDialect
from autocrea.llm_router.adapters.wire import Dialect
from autocrea.llm_router.domain.answers import Stop
from wire_server import END, STREAM_HEAD, Script, event


@dataclass(frozen=True)
class Wire:
    """Parts of an answer: `before`, what was said, `after`, the end of the body."""

    name: str
    dialect: Callable[[], Dialect]
    path: str
    key_header: tuple[str, str]
    limit_field: str
    reasons: dict[Stop, str]
    delta: Callable[[str], bytes]
    thinking: bytes
    before: tuple[bytes, ...]
    stop: Callable[[str], bytes]
    after: tuple[bytes, ...]
    nonsense: tuple[tuple[bytes, ...], ...]  # everything after the text, with usage that makes no sense
    whole: dict[str, Any]  # an answer in one piece: "whole", stopped by length
    busy: bytes  # inside the stream
    spent: bytes

    def streamed(self, *parts: str, stop: Stop = Stop.END) -> Script:
        """A healthy answer."""
        said = [self.delta(part) for part in parts]
        return [STREAM_HEAD, *self.before, *said, self.stop(self.reasons[stop]), *self.after, END]

    @property
    def ends(self) -> tuple[bytes, ...]:
        """Whatever follows the text of a healthy answer, the end of the body included."""
        return (self.stop(self.reasons[Stop.END]), *self.after, END)


OPENAI = Wire(
    name="openai",
    dialect=OpenAiDialect,
    path="/v1/chat/completions",
    key_header=("Authorization", "Bearer the key"),
    limit_field="max_tokens",
    reasons={Stop.END: "stop", Stop.LENGTH: "length", Stop.REFUSED: "content_filter"},
    delta=lambda text: openai_script.delta(text, model="claude-of-the-day"),
    thinking=event({"choices": [{"delta": {"reasoning_content": "hmm"}}]}),
    before=(event({"choices": [{"delta": {"role": "assistant", "content": ""}}]}),),
    stop=openai_script.stop,
    after=(openai_script.usage(), openai_script.DONE),
    nonsense=tuple(
        (openai_script.stop(), told, openai_script.DONE, END)
        for told in (
            openai_script.usage(-1),
            openai_script.usage("11"),
            openai_script.usage(11, None),
            event({"choices": [], "usage": {}}),
            event({"choices": []}),
        )
    ),
    whole={
        "choices": [{"message": {"content": "whole"}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 3}},
    },
    busy=event({"error": {"type": "server_error"}}),
    spent=event({"error": {"code": "insufficient_quota"}}),
)

ANTHROPIC = Wire(
    name="anthropic",
    dialect=AnthropicDialect,
    path="/v1/messages",
    key_header=("x-api-key", "the key"),
    limit_field="max_tokens",
    reasons={Stop.END: "end_turn", Stop.LENGTH: "max_tokens", Stop.REFUSED: "refusal"},
    delta=anthropic_script.delta,
    thinking=anthropic_script.named(
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": "hmm"},
        }
    ),
    before=(anthropic_script.start(), anthropic_script.block()),
    stop=anthropic_script.stop,
    after=(anthropic_script.OVER,),
    nonsense=tuple(
        (told, anthropic_script.OVER, END)
        for told in (
            anthropic_script.stop(written="7"),
            anthropic_script.stop(written=-7),
            anthropic_script.stop() + anthropic_script.start(fresh=-1),
            anthropic_script.stop() + anthropic_script.start(cached="3"),
        )
    ),
    whole={
        "type": "message",
        "content": [{"type": "text", "text": "whole"}],
        "stop_reason": "max_tokens",
        "usage": {
            "input_tokens": 6,
            "cache_read_input_tokens": 3,
            "cache_creation_input_tokens": 2,
            "output_tokens": 7,
        },
    },
    busy=anthropic_script.error("overloaded_error"),
    spent=anthropic_script.error("invalid_request_error", "Your credit balance is too low to go on."),
)

WIRES = (OPENAI, ANTHROPIC)


def body(value: Any) -> bytes:
    """JSON as the body of a plain answer."""
    return json.dumps(value).encode()
