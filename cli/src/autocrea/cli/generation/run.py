"""One generation from the request to the ZIP in its folder."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from autocrea.cli.generation.api import Balance, GatewayApi
from autocrea.cli.generation.events import Terminal
from autocrea.cli.generation.follow import follow
from autocrea.cli.generation.outcome import Outcome, fetch_archive, status_of
from autocrea.cli.generation.picture import Picture
from autocrea.cli.generation.show import shower
from autocrea.cli.stack.keeper import Tell
from autocrea.cli.texts import language
from autocrea.cli.trouble import Trouble
from autocrea.contracts.orchestrator import v1 as orchestrator
from rich.console import Console

SETTLED_SECONDS = 5.0
"""Billing's word on the balance travels on its own and arrives within milliseconds of the end."""

LOOK_SECONDS = 0.1
DEFAULT_PIPELINE = "webapp"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, and where its ZIP shall go."""

    prompt: str
    name: str
    folder: Path
    model: str | None = None
    pipeline: str = DEFAULT_PIPELINE


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome, the event that ended it, and the picture at the end."""

    outcome: Outcome
    end: Terminal
    path: Path | None


async def generate(api: GatewayApi, wish: Wish, *, console: Console, tell: Tell) -> Done:
    """Ask, follow, fetch and check. Raises Trouble, among others `Refusal` when the gateway does not accept
    it."""
    began = time.monotonic()
    _writable(wish.folder)
    quote = await api.quote(wish.pipeline)
    before = await api.balance()
    accepted = await api.generate(wish.prompt, wish.name, wish.model, wish.pipeline)
    tell("line_started", name=wish.name, quote=accepted.quote_tokens)
    picture = Picture(language(), quote.typical_seconds)
    end = await _watch(api, accepted.generation_id, picture, console, tell)
    path, announced = None, None
    if isinstance(end, orchestrator.GenerationCompleted):
        announced = end.archive
        path = await fetch_archive(api, end, wish.folder)
    balance = await _settled_balance(api, before)
    outcome = Outcome(
        generation_id=accepted.generation_id,
        status=status_of(end),
        archive=str(path.resolve()) if path else None,
        sha256=announced.sha256 if announced else None,
        bytes=announced.bytes if announced else None,
        files=announced.files if announced else None,
        tokens_quoted=accepted.quote_tokens,
        tokens_charged=0 if isinstance(end, orchestrator.GenerationRejected) else end.net_tokens,
        balance=balance.available,
        seconds=round(time.monotonic() - began, 1),
    )
    return Done(outcome, end, path)


async def _watch(
    api: GatewayApi, generation_id: str, picture: Picture, console: Console, tell: Tell
) -> Terminal:
    with shower(console, picture) as shown:
        async for event in follow(api, generation_id, tell=tell):
            if event.message is None:
                continue
            picture.apply(event.message, time.monotonic())
            shown.changed(event.message, picture)
            if isinstance(event.message, get_args(Terminal)):
                return cast(Terminal, event.message)
    raise Trouble("stream_ended")


async def _settled_balance(api: GatewayApi, before: Balance) -> Balance:
    """The balance once nothing more is held than before; when other generations hold tokens, what it is
    after a while."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        balance = await api.balance()
        if balance.held is not None and balance.held <= (before.held or 0):
            return balance
        if time.monotonic() > deadline:
            return balance
        await asyncio.sleep(LOOK_SECONDS)


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".autocrea-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Trouble("out_not_a_folder", out=folder) from error
