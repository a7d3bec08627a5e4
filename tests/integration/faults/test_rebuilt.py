"""The gateway's read model is damaged and partly lost; made anew, it is what it was."""

import asyncio

import asyncpg
from autocrea.cli.operating.projections import rebuild
from autocrea.cli.operating.services import Services
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import OPERATOR_TOKEN, SERVICES
from autocrea.testkit.waiting import eventually

SHOWN = {
    "generations": "SELECT t::text AS row FROM generations t ORDER BY 1",
    "steps": "SELECT t::text AS row FROM steps t ORDER BY 1",
    "files": "SELECT t::text AS row FROM files t ORDER BY 1",
    "feeds": """
        SELECT stream || sequence || type || time || data::text AS row FROM feed_events
        WHERE stream LIKE 'generation:%' ORDER BY 1""",
    # Versions and revisions are the owners' counters: what is told again is told under the next one.
    "balances": """
        SELECT user_id || available || ' ' || held || ' ' || receivable || coalesce(blocked_until::text, '') AS row
        FROM balances ORDER BY 1""",
    "catalogues": "SELECT kind || name || (data - 'revision')::text AS row FROM catalogues ORDER BY 1",
}
DAMAGE = (
    "DELETE FROM feed_events WHERE stream LIKE 'generation:%' AND sequence % 4 = 2",
    "UPDATE generations SET status = 'queued', result = NULL, projected_sequence = 1",
    "DELETE FROM steps",
    "DELETE FROM files WHERE path LIKE '%.py'",
    "UPDATE balances SET available = 1, version = version + 1000",
    "DELETE FROM balances WHERE user_id IN (SELECT user_id FROM balances ORDER BY user_id LIMIT 1)",
    "UPDATE catalogues SET revision = revision + 1000",
    "DELETE FROM catalogues WHERE kind = 'provider'",
)


async def shown(stack: Stack) -> dict[str, list[str]]:
    return {
        name: [row["row"] for row in await stack.fetch("gateway", query)] for name, query in SHOWN.items()
    }


async def test_what_pages_show_is_what_it_was_when_it_is_made_anew(stack: Stack) -> None:
    async with stack.person(tokens=150) as person:
        ended = await person.generate("rehecha")
        await person.end(ended)
        broken = {"project": "rehecha-a-medias", "step": "devops"}
        async with stack.simulated.rule(match=broken, effect={"status": 500}):
            failed = await person.generate("rehecha-a-medias")
            await person.end(failed)

        async def settled() -> bool:
            return bool((await person.balance())["held"] == 0)

        await eventually(settled, what="nothing is held")
        before = await shown(stack)
        connection = await asyncpg.connect(stack.places.admin_url("gateway"))
        try:
            for statement in DAMAGE:
                await connection.execute(statement)
        finally:
            await connection.close()
        services = Services(
            {
                "services": {name: stack.processes[name].url for name in SERVICES},
                "operator_tokens": dict.fromkeys(SERVICES, OPERATOR_TOKEN),
            }
        )
        await asyncio.to_thread(rebuild, services, 1.0)
        now: dict[str, list[str]] = {}

        async def equal() -> bool:
            now.update(await shown(stack))
            return now == before

        try:
            await eventually(equal, what="everything is as it was")
        except AssertionError as error:
            other = {name: sorted(set(now[name]) ^ set(before[name]))[:4] for name in before}
            raise AssertionError(f"different: {other}") from error
        assert (await person.generation(ended))["status"].startswith("completed")
        assert (await person.download(ended)).content
