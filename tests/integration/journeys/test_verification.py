"""What a model wrote is checked: repaired at our cost, or the step fails, or the person is told what is left."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import pytest
from autocrea.testkit.people import Event, Person
from autocrea.testkit.stack import Stack

KEY = "AKIAQ3EGPLVT2K5JXW7N"
KEYS = f'AWS_ACCESS_KEY_ID = "{KEY}"\nREGION = "eu-west-1"\n'
SHOWN = KEYS.replace(KEY, "AKIA" + "•" * 16)
BROKEN = {"path": "backend/main.py", "text": "from fastapi import FastAPI\n\napp = FastAPI(\n"}
OMITTED = "backend/security.py"
LEFT_OVER = {"path": "frontend/extra.js", "text": 'export const load = () => fetch("/api/nothing");\n'}
CAPS = {"architecture": 8, "backend": 16, "frontend": 14, "devops": 6, "security_audit": 6}
QUOTE = sum(CAPS.values())


async def test_broken_step_is_repaired_and_the_repair_is_ours(stack: Stack) -> None:
    async with stack.person() as person:
        rule = stack.simulated.rule(
            match={"project": "reparada", "step": "backend", "attempt": 1}, effect={"extra_files": [BROKEN]}
        )
        async with rule:
            generation_id = await person.generate("reparada")
            events = await person.follow(generation_id)
        (failed,) = named(events, "step_attempt_failed")
        assert places(failed) == [("syntax_python", "blocking", "backend/main.py", 3)]
        assert (failed.data["attempt"], failed.data["next_attempt"]) == (1, 2)
        end = events[-1]
        assert (end.name, end.data["warnings"]) == ("generation_completed", 0)
        assert_paid_at_most_its_caps(events)
        assert await absorbed(stack, person) > 0
        calls = await stack.simulated.calls(project="reparada", step="backend")
        assert [call["attempt"] for call in calls] == [1, 2]


@pytest.mark.parametrize(
    ("project", "effect", "finding"),
    [
        ("rota", {"extra_files": [BROKEN]}, ("syntax_python", "blocking", "backend/main.py", 3)),
        (
            "incompleta",
            {"omit_files": ["backend/security.py"]},
            ("file_missing", "blocking", "backend/security.py", None),
        ),
    ],
)
async def test_step_fails_when_what_blocks_it_comes_back(
    project: str, effect: Mapping[str, Any], finding: tuple[object, ...], stack: Stack
) -> None:
    async with stack.person() as person:
        async with stack.simulated.rule(match={"project": project, "step": "backend"}, effect=dict(effect)):
            events = await person.follow(await person.generate(project))
        (failed,) = named(events, "step_failed")
        assert (failed.data["step"], failed.data["fault"]) == ("backend", "verification_failed")
        assert finding in places(failed)
        assert len(await stack.simulated.calls(project=project, step="backend")) == 2, (
            "the same again: no third"
        )
        end = events[-1]
        assert (end.name, end.data["fault"]) == ("generation_failed", "verification_failed")
        by_step = {step["step"]: step for step in end.data["steps"]}
        assert by_step["backend"]["charge_tokens"] == 0
        assert end.data["net_tokens"] <= CAPS["architecture"] + CAPS["frontend"]
        assert_paid_at_most_its_caps(events)
        assert end.data["retry"]["quote_tokens"] + end.data["net_tokens"] <= QUOTE
        await person.until_available(100 - end.data["net_tokens"])


async def test_person_is_warned_when_a_lesser_fault_is_left(stack: Stack) -> None:
    async with stack.person() as person:
        async with stack.simulated.rule(
            match={"project": "avisada", "step": "frontend"}, effect={"extra_files": [LEFT_OVER]}
        ):
            generation_id = await person.generate("avisada")
            events = await person.follow(generation_id)
        (failed,) = named(events, "step_attempt_failed")
        assert places(failed) == [("call_unknown_route", "error", "frontend/extra.js", 1)]
        completed = next(one for one in named(events, "step_completed") if one.data["step"] == "frontend")
        assert places(completed) == [("call_unknown_route", "warning", "frontend/extra.js", 1)]
        assert (events[-1].name, events[-1].data["warnings"]) == ("generation_completed", 1)
        assert (await person.generation(generation_id))["status"] == "completed_with_warnings"
        assert_paid_at_most_its_caps(events)


async def test_hostile_output_stays_harmless_and_its_key_is_shown_nowhere(stack: Stack) -> None:
    hostile = [
        {"path": "../../etc/cron.d/x", "text": "* * * * * root true\n"},
        {"path": "backend/keys.py", "text": KEYS},
        {"path": "backend/notes.py", "text": "# what is written after it gives progress its time\n" * 200},
    ]
    legible = {"first_token_delay_seconds": 0.5, "tokens_per_second": 2_000}
    talkative = {"summary": f"The key {KEY} is in the code.", "findings": []}
    async with stack.person() as person:
        async with (
            stack.simulated.rule(
                match={"project": "hostil", "step": "backend"}, effect={"extra_files": hostile, **legible}
            ),
            stack.simulated.rule(
                match={"project": "hostil", "step": "security_audit"}, effect={"text": json.dumps(talkative)}
            ),
        ):
            generation_id = await person.generate("hostil")
            seen = await person.stream(generation_id)
        events = [event for event in seen if event.id is not None]
        completed = next(one for one in named(events, "step_completed") if one.data["step"] == "backend")
        assert {place[0] for place in places(completed)} == {"file_parent", "secret_in_file"}
        assert (events[-1].name, events[-1].data["warnings"]) == ("generation_completed", 2)
        assert KEY not in "".join(str(event.data) for event in seen)
        progress = [event.data for event in seen if event.id is None and event.data["attempt"] == 1]
        written = "".join(one["text"] for one in progress if one["path"] == "backend/keys.py")
        assert written, "whoever watches sees the file being written"
        assert SHOWN.startswith(written), "and not its key"
        read = await person.request("GET", f"/api/generations/{generation_id}/files/backend/keys.py")
        assert read.text == SHOWN
        files = await archive(person, generation_id)
        assert not any("cron" in path for path in files)
        assert files["backend/keys.py"] == KEYS, "what a person downloads is what was written"
        report = json.loads(files["docs/security_audit.json"])
        secret = next(one for one in report["findings"] if one["rule"] == "secret")
        assert (secret["severity"], secret["file"], secret["line"]) == ("critical", "backend/keys.py", 1)
        assert KEY not in files["docs/security_audit.json"] + files["docs/security_audit.md"]
        assert "AKIA••••" in files["docs/security_audit.md"]
        assert KEY not in "".join(log.read_text() for log in stack.places.folder.glob("*.log"))


@pytest.mark.parametrize(
    ("pipeline", "quote", "there", "not_there"),
    [
        ("landing", 24, "index.html", "backend/main.py"),
        ("api", 36, "backend/main.py", "frontend/index.html"),
    ],
)
async def test_smaller_pipeline_completes_clean_when_chosen(
    pipeline: str, quote: int, there: str, not_there: str, stack: Stack
) -> None:
    async with stack.person() as person:
        offered = await person.get("/api/quote", params={"pipeline": pipeline})
        assert offered["tokens"] == quote
        generation_id = await person.generate(f"con-{pipeline}", pipeline=pipeline)
        events = await person.follow(generation_id)
        assert (events[-1].name, events[-1].data["warnings"]) == ("generation_completed", 0)
        assert events[-1].data["net_tokens"] <= quote
        files = await archive(person, generation_id)
        assert there in files
        assert not_there not in files


def named(events: Sequence[Event], name: str) -> list[Event]:
    return [event for event in events if event.name == name]


def places(event: Event) -> list[tuple[object, ...]]:
    return [(one["rule"], one["class"], one["path"], one["line"]) for one in event.data["findings"]]


def assert_paid_at_most_its_caps(events: Sequence[Event]) -> None:
    charged = {one.data["step"]: one.data["charge_tokens"] for one in named(events, "step_completed")}
    assert charged
    assert all(charged[step] <= CAPS[step] for step in charged)
    assert events[-1].data["net_tokens"] == sum(charged.values()) <= QUOTE


async def absorbed(stack: Stack, person: Person) -> int:
    """What billing counted as ours for this person."""
    connection = await asyncpg.connect(stack.places.admin_url("billing"))
    try:
        found = await connection.fetchval(
            "SELECT absorbed_tokens FROM absorptions WHERE user_id = $1", person.user_id
        )
    finally:
        await connection.close()
    return int(found or 0)


async def archive(person: Person, generation_id: str) -> dict[str, str]:
    """The files of the ZIP."""
    answer = await person.request("GET", f"/api/generations/{generation_id}/archive")
    assert answer.is_success, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}
