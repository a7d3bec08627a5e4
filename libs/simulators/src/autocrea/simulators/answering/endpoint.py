"""One call, from its request to its last byte: checks, rule, writer, play; every call leaves an entry in the log."""

import hmac
import json
import logging
from typing import Any
from uuid import uuid4

from autocrea.simulators.answering.connection import ClientLeft, Connection, Dropped
from autocrea.simulators.answering.play import JSON_TYPE, Performance
from autocrea.simulators.answering.providers import Provider
from autocrea.simulators.answering.script import script
from autocrea.simulators.answering.usage import counted
from autocrea.simulators.answering.wire import Asked, Json, Refused
from autocrea.simulators.control.effect import Effect, Fault
from autocrea.simulators.control.log import CallLog, Entry
from autocrea.simulators.control.rules import Call, RuleBook
from autocrea.simulators.writer.brief import Brief, read_brief
from autocrea.simulators.writer.write import write
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

CALL_ID_HEADER = "x-autocrea-call-id"
USER_HEADER = "x-autocrea-user-id"
# Whoever reads a trace, or asks whether a model is real, sees here that this one is played.
SIMULATED_HEADER = "x-autocrea-simulator"
# As the models that are played here; beyond it a real provider refuses the prompt.
CONTEXT_TOKENS_MAX = 1_000_000

TEXT_TYPE = {"content-type": "text/plain; charset=utf-8"}

logger = logging.getLogger(__name__)


class ModelEndpoint:
    """The ASGI endpoint of one provider."""

    def __init__(self, provider: Provider, rules: RuleBook, log: CallLog, rate: float) -> None:
        self._provider = provider
        self._wire = provider.wire
        self._rules = rules
        self._log = log
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        entry = self._log.open(self._provider.name, request.headers.get(CALL_ID_HEADER))
        request_id = f"req_{uuid4().hex}"
        headers = {SIMULATED_HEADER: self._provider.name, self._wire.request_id_header: request_id}
        try:
            raw = await request.body()
            async with Connection(receive, send, headers) as connection:
                try:
                    await self._answer(request, raw, connection, entry, request_id)
                finally:
                    entry.bytes_sent = connection.bytes_sent
        except (ClientLeft, ClientDisconnect):
            entry.end("aborted")
        except Dropped:
            entry.end("dropped")
            logger.info(
                "a rule drops the connection of call %d: the server reports an answer without an end",
                entry.id,
            )

    async def _answer(
        self, request: Request, raw: bytes, connection: Connection, entry: Entry, request_id: str
    ) -> None:
        try:
            asked, brief = self._checked(request, raw, entry)
        except Refused as refused:
            await _refuse(connection, entry, refused, self._wire.error_body(refused, request_id), {})
            return
        effect = self._effect(asked, brief, entry)
        error = self._error(effect, asked)
        performance = Performance(
            connection=connection,
            wire=self._wire,
            asked=asked,
            script=script(asked, write(brief), effect, self._rate),
            effect=effect,
            entry=entry,
            failure=self._wire.error_event(error, request_id),
        )
        performance.cut_by_bytes()
        await connection.pause(effect.delay_seconds)
        if effect.replaces or (effect.error_after_chars is not None and not asked.stream):
            body = self._wire.error_body(error, request_id) if effect.body is None else effect.body
            await _refuse(connection, entry, error, body, effect.headers)
            return
        entry.status = 200
        await (performance.streamed() if asked.stream else performance.whole())

    def _checked(self, request: Request, raw: bytes, entry: Entry) -> tuple[Asked, Brief]:
        """The request and what its prompt says, noted in the entry; raises `Refused`."""
        key = self._wire.key(request.headers)
        if not hmac.compare_digest(key.encode(), self._provider.api_key.encode()):
            raise self._wire.fault(Fault.INVALID_KEY, f"{key[:3]}***" if key else "")
        asked = self._wire.read(raw, request.headers)
        brief = read_brief(asked.messages)
        entry.model, entry.stream = asked.model, asked.stream
        entry.project, entry.step = brief.project, brief.step
        entry.attempt, entry.kind = brief.attempt, brief.kind
        entry.user = request.headers.get(USER_HEADER, asked.user)
        if not self._provider.knows(asked.model):
            raise self._wire.fault(Fault.UNKNOWN_MODEL, asked.model)
        if counted(asked.messages, "").input_tokens > CONTEXT_TOKENS_MAX:
            raise self._wire.fault(Fault.PROMPT_TOO_LONG, str(CONTEXT_TOKENS_MAX))
        return asked, brief

    def _effect(self, asked: Asked, brief: Brief, entry: Entry) -> Effect:
        call = Call(self._provider.name, asked.model, brief.project, brief.step, entry.user, brief.attempt)
        rule = self._rules.decide(call)
        entry.rule = rule.id if rule else None
        return rule.new.effect if rule else Effect()

    def _error(self, effect: Effect, asked: Asked) -> Refused:
        """The error that the effect names; without one, the one that a server's own failure would give."""
        if effect.error is None:
            return self._wire.error(effect.status or 500)
        details = {Fault.INVALID_KEY: "sim***", Fault.PROMPT_TOO_LONG: str(CONTEXT_TOKENS_MAX)}
        return self._wire.fault(effect.error, details.get(effect.error, asked.model))


async def _refuse(connection: Connection, entry: Entry, refused: Refused, body: Any, headers: Json) -> None:
    """Sends something else than an answer; a body that is a text is sent as it stands."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    raw = text.encode()
    kind = TEXT_TYPE if isinstance(body, str) else JSON_TYPE
    entry.status = refused.status
    entry.error_code = refused.code or refused.type if refused.status >= 400 else None
    named = kind | {name.lower(): value for name, value in headers.items()}
    await connection.start(refused.status, named | {"content-length": str(len(raw))})
    await connection.write(raw, more=False)
    entry.end("refused")
