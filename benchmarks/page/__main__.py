"""How smoothly a page follows a run of 200 files and 1 MiB of text, in a real browser beside the whole stack.

`make bench-page` runs it: on *Progreso*, on *Código*, and on an empty page of the same browser while a third run is
written, which tells what the machine itself leaves. Chromium draws in software and shares its cores with the stack.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autocrea.orchestrator as orchestrator
from autocrea.cli.stack.state import find_state
from autocrea.testkit import servers
from autocrea.testkit.browser import DESK, Screen, launched
from autocrea.testkit.chromium import find_chromium
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack, running_stack
from autocrea.testkit.stack_environment import frontend
from autocrea.testkit.waiting import eventually
from playwright.async_api import Browser

STEPS = ("backend", "frontend", "notes")
"""They run side by side: the page hears all of them at once. The last one is a copy of the second, because two models'
contexts do not hold so much text."""

FILES, BYTES = 200, 2**20
LINE = "Una línea como las que escribe un modelo, con su acento, y otra después.\n"
CHARACTERS_PER_TOKEN = 4
FRAME_MS = 1_000 / 60
LATE = 1.5
"""Of a frame's time; beyond it one was left out."""

END_SECONDS_MAX = 70.0
TABS = {"Progreso": "", "Código": "/codigo"}

RECORDER = """() => {
  const kept = { frames: [], long: [] };
  let before = performance.now();
  const frame = now => { kept.frames.push(now - before); before = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver(list => kept.long.push(...list.getEntries().map(one => one.duration)))
    .observe({ type: "longtask" });
  globalThis.kept = kept;
}"""


ROOM = "output_tokens_max = 400_000\n"
"""A step as delivered ends at 32,000 tokens, an eighth of this text."""


@dataclass(frozen=True, slots=True)
class Smoothness:
    """The frames of one page while text came, in milliseconds."""

    frames: Sequence[float]
    long: Sequence[float]

    def shown(self, name: str) -> str:
        seconds = sum(self.frames) / 1_000
        cuts = statistics.quantiles(self.frames, n=100)
        late = sum(one > LATE * FRAME_MS for one in self.frames) / len(self.frames)
        return (
            f"{name:<12} {len(self.frames) / seconds:5.1f} frames a second over {seconds:.0f} s; between two of them "
            f"p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f}, at most {max(self.frames):.0f} ms; "
            f"{late:.1%} late; {len(self.long)} tasks above 50 ms, {sum(self.long):.0f} ms in all"
        )


def written(step: str, seconds: float) -> dict[str, Any]:
    """What a model writes in a step: its share of all files, besides those that its contract names."""
    files = -(-FILES // len(STEPS))
    text = LINE * (BYTES // FILES // len(LINE.encode()) + 1)
    tokens = files * len(text) / CHARACTERS_PER_TOKEN
    extra = [{"path": f"docs/{step}/nota-{number:03}.md", "text": text} for number in range(files)]
    return {"extra_files": extra, "tokens_per_second": tokens / seconds}


def roomy_pipelines(folder: Path) -> Path:
    """The pipelines as delivered, with one step more, and more room for these to write."""
    shutil.copytree(Path(orchestrator.__file__).parent / "pipelines", folder)
    steps = folder / "webapp" / "steps"
    shutil.copytree(steps / STEPS[1], steps / STEPS[-1])
    for step in STEPS:
        stated = steps / step / "step.toml"
        stated.write_text(ROOM + stated.read_text("utf-8"), "utf-8")
    return folder


@asynccontextmanager
async def writing(stack: Stack, project: str, seconds: float) -> AsyncIterator[None]:
    async with AsyncExitStack() as rules:
        for step in STEPS:
            match, effect = {"project": project, "step": step}, written(step, seconds)
            await rules.enter_async_context(stack.simulated.rule(match=match, effect=effect))
        yield


async def watch(stack: Stack, browser: Browser, name: str, seconds: float) -> Smoothness:
    """One run, watched on one tab (or from an empty page) for as long as these steps are being written."""
    project = f"grande-{name.lower()}"
    async with stack.person() as person, writing(stack, project, seconds):
        context = await browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="es-ES")
        page = await context.new_page()
        if name in TABS:
            screen = Screen(page, stack.url)
            await screen.enter(person.account)
            generation_id = await screen.create(project)
            project_id = (await person.generation(generation_id))["project_id"]
            await page.goto(f"{stack.url}/proyectos/{project_id}/generaciones/{generation_id}{TABS[name]}")
        else:
            generation_id = await person.generate(project)
        await until(person, generation_id, "running")
        await page.evaluate(RECORDER)
        ends = await until(
            person, generation_id, "completed", "completed_with_warnings", "failed", "cancelled"
        )
        kept = await page.evaluate("() => globalThis.kept")
        assert not {"failed", "cancelled"} & set(ends.values()), ends
        files = (await person.get(f"/api/generations/{generation_id}/files?limit=500"))["items"]
        assert len(files) >= FILES, len(files)
        assert sum(file["bytes"] for file in files) >= BYTES
        await context.close()
    return Smoothness(kept["frames"][1:], kept["long"])


async def states_of(person: Person, generation_id: str) -> dict[str, str]:
    steps = (await person.generation(generation_id))["steps"]
    return {one["step"]: one["state"] for one in steps if one["step"] in STEPS}


async def until(person: Person, generation_id: str, *states: str) -> dict[str, str]:
    """Wait until all of them stand like one of these; returns how."""

    async def reached() -> dict[str, str] | None:
        found = await states_of(person, generation_id)
        return (
            found if len(found) == len(STEPS) and all(state in states for state in found.values()) else None
        )

    found = await eventually(reached, timeout_seconds=END_SECONDS_MAX, what=f"{STEPS} {states}")
    assert found is not None
    return found


async def main(seconds: float, names: Sequence[str]) -> None:
    await frontend().build()
    rabbitmq, postgres, s3 = servers.rabbitmq(), servers.postgres(), servers.s3()
    chromium = await find_chromium(find_state().cache)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {"AUTOCREA_ORCHESTRATOR_PIPELINES_DIR": str(roomy_pipelines(folder / "pipelines"))}
        async with (
            running_stack(folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3, settings=settings) as stack,
            launched(chromium) as browser,
        ):
            print(f"{FILES} files, {BYTES / 2**20:.0f} MiB in {seconds:.0f} s, {len(STEPS)} steps at once")
            for name in names:
                print((await watch(stack, browser, name, seconds)).shown(name), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--names", nargs="*", default=["nothing", *TABS])
    arguments = parser.parse_args()
    asyncio.run(main(arguments.seconds, arguments.names))
