"""`POST …/chat/completions`: checks, rule, writer, play; every call leaves an entry in the log."""

import hmac
import logging
import time

from autocrea.simulators.completions.connection import ClientLeft, Connection
from autocrea.simulators.completions.play import Dropped, play_streamed, play_whole
from autocrea.simulators.completions.providers import Provider
from autocrea.simulators.completions.refusal import refuse, rule_refusal
from autocrea.simulators.completions.request import CONTEXT_TOKENS_MAX, ChatRequest, WireError, read_request
from autocrea.simulators.completions.script import Script, script
from autocrea.simulators.completions.usage import usage
from autocrea.simulators.control.log import CallLog, Entry
from autocrea.simulators.control.rules import Call, Effect, RuleBook
from autocrea.simulators.writer.brief import Brief, read_brief
from autocrea.simulators.writer.write import write
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

CALL_ID_HEADER = "x-autocrea-call-id"

logger = logging.getLogger(__name__)


class ChatCompletions:
    """The ASGI endpoint of one provider."""

    def __init__(self, provider: Provider, rules: RuleBook, log: CallLog, rate: float) -> None:
        self._provider = provider
        self._rules = rules
        self._log = log
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        entry = self._log.open(self._provider.name, request.headers.get(CALL_ID_HEADER))
        started = time.monotonic()
        try:
            raw = await request.body()
            async with Connection(receive, send, self._provider.name) as connection:
                try:
                    await self._answer(request, raw, connection, entry)
                    entry.outcome = "refused" if entry.status >= 400 else "finished"
                finally:
                    entry.bytes_sent = connection.bytes_sent
                    entry.duration_ms = round((time.monotonic() - started) * 1000)
        except (ClientLeft, ClientDisconnect):
            entry.outcome = "aborted"
        except Dropped:
            entry.outcome = "dropped"
            logger.info(
                "a rule drops the connection of call %d: the server reports an answer without an end",
                entry.id,
            )

    async def _answer(self, request: Request, raw: bytes, connection: Connection, entry: Entry) -> None:
        try:
            chat, brief = self._checked(request, raw, entry)
        except WireError as error:
            await refuse(connection, entry, error)
            return
        effect = self._effect(chat, brief, entry)
        await connection.pause(effect.delay_seconds)
        if effect.status is not None:
            await refuse(connection, entry, rule_refusal(effect), effect)
            return
        await self._play(connection, chat, script(chat, write(brief), effect, self._rate), entry)

    def _checked(self, request: Request, raw: bytes, entry: Entry) -> tuple[ChatRequest, Brief]:
        """The request and what its prompt says, noted in the entry; raises `WireError`."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(
            key.encode(), self._provider.api_key.encode()
        ):
            shown = f"{key[:3]}***" if key else "none"
            raise WireError(401, f"Incorrect API key provided: {shown}.", "invalid_api_key")
        chat = read_request(raw)
        brief = read_brief(chat.messages)
        entry.model, entry.stream = chat.model, chat.stream
        entry.project, entry.step = brief.project, brief.step
        entry.attempt, entry.kind = brief.attempt, brief.kind
        self._log.keep_prompt(entry, [{"role": m.role, "content": m.content} for m in chat.messages])
        if not self._provider.knows(chat.model):
            message = f"The model `{chat.model}` does not exist or you do not have access to it."
            raise WireError(404, message, "model_not_found")
        if usage(chat.messages, "")["prompt_tokens"] > CONTEXT_TOKENS_MAX:
            message = f"This model's maximum context length is {CONTEXT_TOKENS_MAX} tokens."
            raise WireError(400, message, "context_length_exceeded", "messages")
        return chat, brief

    def _effect(self, chat: ChatRequest, brief: Brief, entry: Entry) -> Effect:
        call = Call(self._provider.name, chat.model, brief.project, brief.step, brief.attempt)
        rule = self._rules.decide(call)
        entry.rule = rule.id if rule else None
        return rule.new.effect if rule else Effect()

    async def _play(self, connection: Connection, chat: ChatRequest, played: Script, entry: Entry) -> None:
        entry.status, entry.finish_reason = 200, played.finish_reason
        await (play_streamed if chat.stream else play_whole)(connection, chat, played, entry)
