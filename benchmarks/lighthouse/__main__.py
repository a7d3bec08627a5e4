"""Lighthouse's figures for the pages of a running system: `make lighthouse`.

Its package has a lock of its own beside this file, so that no build and no test installs it. The browser that it
measures has a person signed in, and keeps what it knows between two pages.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autocrea.cli.parts.frontend import NODE, environment, npm
from autocrea.cli.stack.state import find_state
from autocrea.testkit import servers
from autocrea.testkit.browser import Screen
from autocrea.testkit.chromium import ARGUMENTS, find_chromium
from autocrea.testkit.people import Person
from autocrea.testkit.processes import free_port
from autocrea.testkit.stack import running_stack
from autocrea.testkit.stack_environment import frontend
from playwright.async_api import async_playwright

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
SECONDS_MAX = 120
INSTALL_SECONDS_MAX = 280
CATEGORIES = ("performance", "accessibility")
FORMS = {"phone": (), "desk": ("--preset=desktop",)}
"""Lighthouse's own: a phone four times slower than this machine on slow 4G, and a desk as it is."""

PAGES = ("Crear", "Progreso", "Tokens")
MEASURES = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
}


def install() -> None:
    if not PROGRAM.exists():
        subprocess.run(npm(["ci"]), cwd=HERE, env=environment(), check=True, timeout=INSTALL_SECONDS_MAX)


def measure(url: str, port: int, form: str) -> dict[str, Any]:
    """One page in the browser that listens on `port`, signed in as it is."""
    words = [str(NODE), str(PROGRAM), url, f"--port={port}", "--disable-storage-reset", "--quiet"]
    words += [f"--only-categories={','.join(CATEGORIES)}", "--output=json", *FORMS[form]]
    said = subprocess.run(
        words, env=environment(), stdout=subprocess.PIPE, check=True, timeout=SECONDS_MAX, cwd=HERE
    )
    return dict(json.loads(said.stdout))


def shown(name: str, form: str, report: dict[str, Any]) -> str:
    scores = [f"{one} {report['categories'][one]['score'] * 100:.0f}" for one in CATEGORIES]
    measured = [f"{short} {report['audits'][name]['displayValue']}" for name, short in MEASURES.items()]
    failed = [
        audit["id"]
        for reference in report["categories"]["accessibility"]["auditRefs"]
        if (audit := report["audits"][reference["id"]])["score"] == 0
    ]
    return f"{name:<12} {form:<6} {', '.join(scores)}; {', '.join(measured)}" + "".join(
        f"; {one}" for one in failed
    )


async def pages_of(person: Person) -> dict[str, str]:
    """The addresses that are measured, once this person has an application."""
    generation_id = await person.generate("medida")
    await person.end(generation_id)
    project_id = (await person.generation(generation_id))["project_id"]
    generation = f"/proyectos/{project_id}/generaciones/{generation_id}"
    return dict(zip(PAGES, ("/crear", generation, "/tokens"), strict=True))


async def main(forms: Sequence[str], names: Sequence[str]) -> None:
    install()
    await frontend().build()
    rabbitmq, postgres, s3 = servers.rabbitmq(), servers.postgres(), servers.s3()
    chromium = await find_chromium(find_state().cache)
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as profile:
        async with (
            running_stack(Path(folder), postgres=postgres, rabbitmq=rabbitmq, s3=s3) as stack,
            stack.person() as person,
            async_playwright() as playwright,
        ):
            pages = await pages_of(person)
            context = await playwright.chromium.launch_persistent_context(
                profile,
                executable_path=chromium.program,
                args=[*ARGUMENTS, f"--remote-debugging-port={port}"],
                env={**os.environ, **chromium.environment},
                locale="es-ES",
            )
            await Screen(context.pages[0], stack.url).enter(person.account)
            for name in names:
                for form in forms:
                    report = await asyncio.to_thread(measure, stack.url + pages[name], port, form)
                    print(shown(name, form, report), flush=True)
            await context.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", nargs="*", default=list(FORMS), choices=list(FORMS))
    parser.add_argument("--names", nargs="*", default=list(PAGES), choices=list(PAGES))
    asyncio.run(main(**vars(parser.parse_args())))
