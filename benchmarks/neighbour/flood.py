"""One person's flood, in a process of its own so that it does not slow down who is measured beside it.

`flood.py URL ADDRESS REQUESTS CONNECTIONS PATH...`, the token in `AUTOCREA_FLOOD_TOKEN`. Prints the statuses it got.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

import aiohttp


async def main(url: str, address: str, requests: int, connections: int, paths: Sequence[str]) -> None:
    statuses = Counter[int]()
    headers = {"Authorization": f"Bearer {os.environ['AUTOCREA_FLOOD_TOKEN']}"}
    left = iter(range(requests))
    connector = aiohttp.TCPConnector(local_addr=(address, 0), limit=connections)
    async with aiohttp.ClientSession(url, headers=headers, connector=connector) as session:

        async def one_connection() -> None:
            for number in left:
                async with session.get(paths[number % len(paths)]) as answer:
                    await answer.read()
                    statuses[answer.status] += 1

        started = time.monotonic()
        await asyncio.gather(*(one_connection() for _ in range(connections)))
        seconds = time.monotonic() - started
    print(json.dumps({"seconds": round(seconds, 1), "statuses": dict(sorted(statuses.items()))}))


if __name__ == "__main__":
    _, url, address, requests, connections, *paths = sys.argv
    asyncio.run(main(url, address, int(requests), int(connections), paths))
