"""Follows a generation's feed to its end through lost connections and restarted gateways."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import get_args

import httpx
from autocrea.cli.generation.api import GatewayApi, Refusal
from autocrea.cli.generation.events import FeedEvent, Terminal
from autocrea.cli.stack.keeper import Tell
from autocrea.cli.trouble import Trouble

PAUSE_SECONDS_FIRST = 0.5
PAUSE_SECONDS_MAX = 5.0

GIVE_UP_SECONDS = 300.0
"""A gateway that is started again is back within half a minute; the generation goes on without us anyway."""


async def follow(api: GatewayApi, generation_id: str, *, tell: Tell) -> AsyncIterator[FeedEvent]:
    """Every event once and in order, the terminal one last. Raises Trouble when the feed cannot be had any
    more."""
    after, pause = 0, PAUSE_SECONDS_FIRST
    heard_at = time.monotonic()
    while True:
        try:
            async for event in api.events(generation_id, after):
                heard_at, pause = time.monotonic(), PAUSE_SECONDS_FIRST
                if event.id is not None:
                    if event.id <= after:
                        continue
                    after = event.id
                yield event
                if isinstance(event.message, get_args(Terminal)):
                    return
        except httpx.HTTPError:
            tell("reconnecting")
        except Refusal as refusal:
            if refusal.status < httpx.codes.INTERNAL_SERVER_ERROR:
                raise
        if time.monotonic() - heard_at > GIVE_UP_SECONDS:
            raise Trouble("stream_ended")
        await asyncio.sleep(pause)
        pause = min(pause * 2, PAUSE_SECONDS_MAX)
