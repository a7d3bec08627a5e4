"""Whose cancellation it was: the client library throws its own at us, and may lose ours while it connects."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aio_pika.exceptions import AMQPConnectionError
from autocrea.chassis.broker import cancellations_told

Library = Callable[[], Awaitable[None]]


async def throws_its_own() -> None:
    raise asyncio.CancelledError


async def passes_ours_on() -> None:
    await asyncio.Event().wait()


async def makes_an_error_of_ours() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError as error:
        raise AMQPConnectionError from error


async def loses_ours() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return


async def call(library: Library) -> None:
    with cancellations_told():
        await library()


async def test_a_task_goes_on_when_the_library_cancels_it() -> None:
    task = asyncio.create_task(call(throws_its_own))
    with pytest.raises(ConnectionError):
        await task


@pytest.mark.parametrize("library", [passes_ours_on, makes_an_error_of_ours, loses_ours])
async def test_a_task_ends_when_we_cancel_it_whatever_the_library_makes_of_it(library: Library) -> None:
    task = asyncio.create_task(call(library))
    await asyncio.sleep(0)  # lets it begin to wait
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_stays_what_it_is_when_nobody_cancelled() -> None:
    async def fails() -> None:
        raise AMQPConnectionError

    with pytest.raises(AMQPConnectionError):
        await asyncio.create_task(call(fails))
