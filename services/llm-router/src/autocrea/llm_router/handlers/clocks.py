"""The clocks of a call: a model that says nothing is given up, however lively its connection looks.

The fourth clock, for connecting, is the wire's.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import ANSWER_BYTES_MAX, Ended, Failure, Stop
from autocrea.llm_router.domain.outputs import Piece, Reading
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Text


@dataclass(frozen=True, slots=True)
class Clocks:
    """Limits in seconds. Keep-alives do not count as saying something; text and thinking do."""

    first_token_seconds: float = (
        60.0  # long prompts take tens of seconds to read; a queue in front adds to that
    )
    silence_seconds: float = 30.0  # between two tokens a healthy model never takes this long
    total_seconds: float = 600.0  # the largest answer at twenty tokens a second


class Listener:
    """Listens to one answer and measures it."""

    def __init__(
        self,
        clocks: Clocks,
        reading: Reading,
        on_pieces: Callable[[list[Piece]], None],
        on_alive: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`on_alive` is awaited once, as soon as the model says anything."""
        self._clocks = clocks
        self._reading = reading
        self._on_pieces = on_pieces
        self._on_alive = on_alive
        self._started = asyncio.get_running_loop().time()
        self._first_text_at: float | None = None

    async def listen(self, answer: AsyncGenerator[Heard, None], *, within_seconds: float) -> Finish:
        """Read to the end of the answer. Raises CallFailed, also when a clock runs out; closes it in any case."""
        loop = asyncio.get_running_loop()
        self._started = started = loop.time()
        over = started + min(self._clocks.total_seconds, within_seconds)
        heard_any = False
        async with aclosing(answer):
            try:
                async with asyncio.timeout_at(min(started + self._clocks.first_token_seconds, over)) as clock:
                    async for heard in answer:
                        if isinstance(heard, Finish):
                            return heard
                        now = loop.time()
                        clock.reschedule(min(now + self._clocks.silence_seconds, over))
                        if not heard_any and self._on_alive is not None:
                            await self._on_alive()
                        heard_any = True
                        if isinstance(heard, Text):
                            self._first_text_at = self._first_text_at or now
                            self._on_pieces(self._reading.feed(heard.text))
                            if self._reading.bytes > ANSWER_BYTES_MAX:
                                return Finish(Stop.LENGTH, None)
            except TimeoutError:
                raise CallFailed(_late(loop.time() >= over, heard_any)) from None
        raise CallFailed(Failure(CallOutcome.RETRY_SAME, "the answer ended without an end"))

    def ended(self, outcome: CallOutcome, usage: Usage, sentence: str = "") -> Ended:
        """The call's end, now, with the times taken."""
        first = None if self._first_text_at is None else _milliseconds(self._first_text_at - self._started)
        taken = _milliseconds(asyncio.get_running_loop().time() - self._started)
        return Ended(outcome, usage, first, taken, sentence)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1_000)


def _late(over: bool, heard_any: bool) -> Failure:
    if over:
        sentence = "did not finish in time"
    else:
        sentence = "fell silent in mid-answer" if heard_any else "did not begin to answer in time"
    return Failure(CallOutcome.RETRY_SAME, sentence, slow=True)
