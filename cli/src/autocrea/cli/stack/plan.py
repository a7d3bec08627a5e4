"""The parts and processes of one stack, made but not started: ports chosen, users and environments set."""

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from autocrea.cli.parts import S3, BrokerUser, Postgres, RabbitMQ
from autocrea.cli.parts.frontend import Frontend
from autocrea.cli.parts.ports import choose_port
from autocrea.cli.parts.processes import Registry, signal_process
from autocrea.cli.stack.environment import Addresses, environment, replaced, services_of
from autocrea.cli.stack.layout import WANTED_PORTS, module_of
from autocrea.cli.stack.processes import PythonProcess
from autocrea.cli.stack.secret_values import Secrets
from autocrea.cli.stack.state import State, workspace_root
from autocrea.cli.trouble import Trouble
from autocrea.contracts.topology import TOPOLOGY

VHOST = "autocrea"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a supervisor starts."""

    postgres: Postgres
    rabbitmq: RabbitMQ
    s3: S3 | None
    frontend: Frontend | None
    processes: tuple[PythonProcess, ...]
    registry: Registry
    secrets: Secrets
    ports: dict[str, int]

    @property
    def parts(self) -> tuple[Postgres | RabbitMQ | S3, ...]:
        return (self.postgres, self.rabbitmq, *((self.s3,) if self.s3 else ()))

    def addresses(self) -> Addresses:
        """Of what runs already, its own word; of the rest, what it will get unless its port is snatched
        away."""
        management = self.ports["rabbitmq-management"] if self.rabbitmq.management else None
        return Addresses(
            self.postgres.endpoint or self.postgres.endpoint_at(self.ports["postgres"]),
            self.rabbitmq.endpoint or self.rabbitmq.endpoint_at(self.ports["rabbitmq"], management),
            (self.s3.endpoint or self.s3.endpoint_at(self.ports["s3"])) if self.s3 else None,
            self.ports,
            self.frontend.built if self.frontend else None,
        )


def make_plan(state: State, *, management: bool, announce: Callable[[str], None]) -> Plan:
    """Choose ports and make the parts and processes. Starts nothing. Raises Trouble."""
    missing = [name for name in services_of() if find_spec(module_of(name)) is None]
    if missing:  # the command's own wheels are for operators and hold no service
        raise Trouble("services_missing", names=", ".join(missing))
    secrets = Secrets(_private(state.folder) / "secrets.json")
    ports = choose_ports()
    users = [
        BrokerUser(user.name, secrets.broker_password(user.name), user.configure, user.write, user.read)
        for user in TOPOLOGY.users
    ]
    postgres = Postgres(state.part("postgres"), port=ports["postgres"], log=state.log("postgres"))
    rabbitmq = RabbitMQ(
        state.part("rabbitmq"),
        cache=state.cache,
        users=users,
        vhosts=(VHOST,),
        port=ports["rabbitmq"],
        management=management,
        management_port=ports["rabbitmq-management"],
        announce=announce,
    )
    s3 = None
    if not replaced().object_store:
        s3 = S3(state.part("s3"), port=ports["s3"], log=state.log("s3"))
    registry = Registry(state.part("services") / "run")
    frontend = _frontend(state)
    plan = Plan(postgres, rabbitmq, s3, frontend, (), registry, secrets, ports)

    def process(name: str) -> PythonProcess:
        return PythonProcess(
            name,
            module_of(name),
            registry=registry,
            log=state.log(name),
            cwd=_private(state.part("services")),
            environment=lambda: environment(name, plan.addresses(), secrets, state.part(name)),
        )

    processes = tuple(process(name) for name in services_of())
    return replace(plan, processes=processes)


def choose_ports() -> dict[str, int]:
    """The usual port of each where it is free, any free one where not."""
    ports: dict[str, int] = {}
    for name, wanted in WANTED_PORTS.items():
        ports[name] = choose_port(wanted, taken=set(ports.values()))
    return ports


async def end_leftovers(state: State) -> list[int]:
    """End whatever an earlier stack left running in this folder."""
    ended: list[int] = []
    for folder in state.registries():
        first = signal.SIGINT if folder.parent.name == "postgres" else signal.SIGTERM
        ended += await Registry(folder).end_leftovers(first=first)
    return ended


def kill_leftovers(state: State) -> None:
    """End at once whatever still runs in this folder."""
    for folder in state.registries():
        for pid in Registry(folder).leftovers():
            signal_process(pid, signal.SIGKILL)


def _frontend(state: State) -> Frontend | None:
    """Where its sources are; an installed program without a checkout has an API and no pages."""
    root = workspace_root()
    if root is None or not (root / "frontend" / "package.json").exists():
        return None
    return Frontend(root / "frontend", log=state.log("frontend"))


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
