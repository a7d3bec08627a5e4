"""The command line that every service has: run, or migrate its database."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from autocrea.chassis import migrations
from autocrea.chassis.app import Service
from autocrea.chassis.settings import ServiceSettings

USAGE = "usage: python -m {package} [migrate [pre|post]]"
BAD_USE = 2


def main(
    package: str, settings: Callable[[], ServiceSettings], build: Callable[[], Service[Any, Any]]
) -> None:
    """Act on the process's arguments; exits with 2 for bad use, 1 for settings that cannot be used."""
    match sys.argv[1:]:
        case []:
            build().run()
        case ["migrate"]:
            _migrate(package, settings(), ("pre", "post"))
        case ["migrate", "pre"]:
            _migrate(package, settings(), ("pre",))
        case ["migrate", "post"]:
            _migrate(package, settings(), ("post",))
        case _:
            print(USAGE.format(package=package), file=sys.stderr)
            sys.exit(BAD_USE)


def _migrate(package: str, settings: ServiceSettings, phases: tuple[migrations.Phase, ...]) -> None:
    url = settings.database_url.get_secret_value()
    for name in asyncio.run(migrations.migrate(url, package, phases)):
        print(f"applied {name}")
