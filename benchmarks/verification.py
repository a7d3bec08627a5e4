"""The verification of a step, in a worker process as in the service, beside a bare `ast.parse` of as much Python.

`make bench-verification` runs it. What is verified are applications of the simulated writer: Python, JavaScript, HTML,
CSS, YAML, SQL and Markdown as they come, the same files under other folders where one application is not enough.
"""

import ast
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import count

from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.adapters.parsers.pool import ParserPool
from autocrea.orchestrator.adapters.pipeline_folders import PipelineFolders
from autocrea.orchestrator.domain.verification import Material, verify
from autocrea.simulators.writer.choice import application_for
from autocrea.simulators.writer.order import order

SHOP = "Crear una plataforma de e-commerce con carrito de compras, pagos con Stripe y reviews"
SIZES_BYTES = {"40 KB": 40_000, "1 MiB": 1024 * 1024}
LIMITS_MS = {"40 KB": 100, "1 MiB": 4_000}
ROUNDS = 7
# Many small files of one step are an application; a single large one is what a parser finds hardest.
LARGEST_BYTES = 512 * 1024


async def main() -> None:
    pool = ParserPool(1)
    asked = order("mi-tienda", "es", SHOP)
    application = application_for(asked)
    contract = ApplicationContract.model_validate(application.contract(asked))
    texts = application.files(asked)
    print(f"{'':<28}{'verification':>14}{'limit':>10}{'ast.parse':>12}{'ratio':>8}")
    for name, size_bytes in SIZES_BYTES.items():
        files = filled(texts, size_bytes)
        took = await median_ms(partial(verified, pool, files, contract))
        await report(name, took, LIMITS_MS[name], size_bytes)
    one = (GeneratedFile(path="backend/large.py", text=python(LARGEST_BYTES)),)
    took = await median_ms(lambda: verified(pool, one, contract))
    await report("512 KiB, one Python file", took, LIMITS_MS["1 MiB"], LARGEST_BYTES)
    scanned = filled(texts, SIZES_BYTES["1 MiB"])
    took = await median_ms(lambda: pool.hazards(scanned), rounds=1)
    await report("scanners of the audit, 1 MiB", took, None, SIZES_BYTES["1 MiB"])
    await pool.close()


async def report(name: str, took_ms: float, limit_ms: int | None, size_bytes: int) -> None:
    source = python(size_bytes)
    bare_ms = await median_ms(lambda: parsed(source))
    limit = f"{limit_ms} ms" if limit_ms else "-"
    print(f"{name:<28}{took_ms:>11.0f} ms{limit:>10}{bare_ms:>9.0f} ms{took_ms / bare_ms:>8.1f}")


async def verified(pool: ParserPool, files: tuple[GeneratedFile, ...], contract: ApplicationContract) -> None:
    pipeline = next(one for one in PIPELINES if one.name == "webapp")
    material = Material(pipeline, StepName("backend"), "es", FilesOutput(files=files), (), contract, {})
    verify(material, await pool.facts(files))


async def parsed(source: str) -> None:
    ast.parse(source)


async def median_ms(run: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> float:
    """The median of several rounds, after one that starts what has to be started."""
    await run()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        await run()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def filled(texts: Mapping[str, str], size_bytes: int) -> tuple[GeneratedFile, ...]:
    """Files of the application, again and again in further folders, until they are that large together."""
    found: list[GeneratedFile] = []
    for copy in count():
        for path, text in texts.items():
            if size_bytes <= 0:
                return tuple(found)
            found.append(GeneratedFile(path=f"copy{copy}/{path}" if copy else path, text=text))
            size_bytes -= len(text.encode())
    return tuple(found)


def python(size_bytes: int) -> str:
    """So much Python of the same application."""
    asked = order("mi-tienda", "es", SHOP)
    sources = [text for path, text in application_for(asked).files(asked).items() if path.endswith(".py")]
    whole = "\n".join(sources) + "\n"
    return whole * (size_bytes // len(whole.encode()) + 1)


PIPELINES = tuple(PipelineFolders().pipelines())

if __name__ == "__main__":
    asyncio.run(main())
