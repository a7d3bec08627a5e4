"""One generation from the request to the ZIP in its folder."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from autocrea.cli.generation.api import Accepted, Balance, GatewayApi, Quote
from autocrea.cli.generation.events import Terminal
from autocrea.cli.generation.follow import follow
from autocrea.cli.generation.outcome import Outcome, fetch_archive, status_of
from autocrea.cli.generation.picture import Picture
from autocrea.cli.generation.show import shower
from autocrea.cli.stack.keeper import Tell
from autocrea.cli.texts import language
from autocrea.cli.trouble import BadUse, Trouble
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
class Asked:
    """A generation that was accepted, what was quoted for it, what other ones hold of the person's tokens, and
    when this program's part in it began."""

    accepted: Accepted
    quote: Quote
    held_by_others: int
    began: float


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome, the event that ended it, the picture at the end, the ZIP if there is one."""

    outcome: Outcome
    end: Terminal
    picture: Picture
    path: Path | None


async def ask(api: GatewayApi, wish: Wish) -> Asked:
    """Have it accepted: from then on the server carries it to an end, whatever becomes of this program. Raises
    Trouble, among others `Refusal`."""
    began = time.monotonic()
    if not wish.prompt.strip():
        raise BadUse("no_prompt")
    if not wish.name.strip():
        raise BadUse("no_name")
    _writable(wish.folder)
    quote = await api.quote(wish.pipeline)
    if wish.model and wish.model not in quote.models:
        raise BadUse("unknown_model", model=wish.model, models=", ".join(quote.models))
    before = await api.balance()
    accepted = await api.generate(wish.prompt, wish.name, wish.model, wish.pipeline)
    return Asked(accepted, quote, before.held or 0, began)


async def look_up(api: GatewayApi, generation_id: str, folder: Path) -> tuple[str, Asked]:
    """One that was asked for earlier, and its project's name. Raises Trouble."""
    began = time.monotonic()
    _writable(folder)
    standing = await api.standing(generation_id)
    quote = await api.quote(standing.pipeline)
    held = (await api.balance()).held or 0
    of_others = held if standing.over else max(0, held - standing.accepted.quote_tokens)
    return standing.project_name, Asked(standing.accepted, quote, of_others, began)


async def see_through(api: GatewayApi, asked: Asked, folder: Path, *, console: Console, tell: Tell) -> Done:
    """Follow it to its end, fetch the ZIP and check it. Raises Trouble."""
    generation_id, quote_tokens = asked.accepted.generation_id, asked.accepted.quote_tokens
    picture = Picture(language(), asked.quote, asked.began)
    end = await _watch(api, generation_id, picture, console, tell)
    path, announced = None, None
    if isinstance(end, orchestrator.GenerationCompleted):
        announced = end.archive
        path = await fetch_archive(api, end, folder)
    balance = await _settled_balance(api, asked.held_by_others)
    outcome = Outcome(
        generation_id=generation_id,
        status=status_of(end),
        archive=str(path.resolve()) if path else None,
        sha256=announced.sha256 if announced else None,
        bytes=announced.bytes if announced else None,
        files=announced.files if announced else None,
        tokens_quoted=quote_tokens,
        tokens_charged=0 if isinstance(end, orchestrator.GenerationRejected) else end.net_tokens,
        balance=balance.available,
        seconds=round(time.monotonic() - asked.began, 1),
    )
    return Done(outcome, end, picture, path)


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


async def _settled_balance(api: GatewayApi, held_by_others: int) -> Balance:
    """The balance once nothing is held for this generation; when others began meanwhile, what it is after a
    while."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        balance = await api.balance()
        if balance.held is not None and balance.held <= held_by_others:
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
        raise BadUse("out_not_a_folder", out=folder) from error
