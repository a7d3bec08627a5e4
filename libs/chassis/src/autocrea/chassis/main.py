"""The command line that every service has: run, or migrate its database."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import asyncpg
from autocrea.chassis import migrations
from autocrea.chassis.app import Service
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.settings import ServiceSettings, faults_of
from pydantic import ValidationError

S = TypeVar("S", bound=ServiceSettings)

USAGE = "usage: python -m {package} [migrate [pre|post]]"
FAILED = 1
BAD_USE = 2


def main(package: str, settings: type[S], build: Callable[[S], Service[Any, Any]]) -> None:
    """Act on the process's arguments; exits with 2 for bad use, 1 for settings that cannot be used."""
    match sys.argv[1:]:
        case []:
            build(_read(settings)).run()
        case ["migrate"]:
            _migrate(package, _read(settings), ("pre", "post"))
        case ["migrate", "pre"]:
            _migrate(package, _read(settings), ("pre",))
        case ["migrate", "post"]:
            _migrate(package, _read(settings), ("post",))
        case _:
            _exit(BAD_USE, USAGE.format(package=package))


def _read(settings: type[S]) -> S:
    try:
        return settings()
    except ValidationError as error:
        faults = "\n".join(f"  {fault}" for fault in faults_of(settings, error))
        _exit(FAILED, f"this environment cannot be used:\n{faults}\nSee docs/reference/environment.md.")


def _migrate(package: str, settings: ServiceSettings, phases: tuple[migrations.Phase, ...]) -> None:
    try:
        applied = asyncio.run(migrations.migrate(settings.database_url, package, phases))
    except (
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        Unavailable,
        migrations.TooEarly,
    ) as error:
        _exit(FAILED, f"not migrated: {error}")
    for name in applied:
        print(f"applied {name}")


def _exit(code: int, sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(code)
