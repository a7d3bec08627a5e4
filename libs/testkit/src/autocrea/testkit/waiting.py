"""Waiting for a condition instead of for time to pass."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 0.02


@overload
async def eventually(
    condition: Callable[[], Awaitable[T]], *, timeout_seconds: float = ..., what: str = ...
) -> T: ...


@overload
async def eventually(condition: Callable[[], T], *, timeout_seconds: float = ..., what: str = ...) -> T: ...


async def eventually(
    condition: Callable[[], Any], *, timeout_seconds: float = TIMEOUT_SECONDS, what: str = ""
) -> Any:
    """Return the first truthy value of `condition`; fails with its last value when the time is up."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        found = condition()
        value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if time.monotonic() > deadline:
            said = f"not within {timeout_seconds:.0f} s: {what or condition}; last seen: {value!r}"
            raise AssertionError(said)
        await asyncio.sleep(POLL_SECONDS)
