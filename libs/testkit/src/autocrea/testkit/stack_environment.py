"""Where the parts of a test's stack are, and what each of its processes is told by its environment."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.cli.parts.frontend import Frontend
from autocrea.testkit.servers.run import cache_folder

SERVICES = ("gateway", "orchestrator", "llm-router", "billing", "artifacts")
SIMULATORS = "simulators"
LOOPBACK = "127.0.0.1"
PROVIDERS = ("joxcoder",)
"""What a stack has unless it is asked for more: whoever lets a model fail is not answered by another one."""

OPERATOR_TOKEN = "operator-of-the-tests"
INTERNAL_TOKEN = "gateway-of-the-tests"
MODEL_KEY = "model-key-of-the-tests"
STRIPE_KEY = "sk_test_of_the_tests"
WEBHOOK_SECRET = "whsec_of_the_tests"

S3_KEY_ID, S3_KEY_SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"

IN_FILES = (
    "_DATABASE_URL",
    "_BROKER_URL",
    "_OPERATOR_TOKEN",
    "_INTERNAL_TOKEN",
    "_GATEWAY_TOKEN",
    S3_KEY_ID,
    S3_KEY_SECRET,
)
"""How the variables of those secrets end that are in files, as in a cluster."""

REQUESTS_A_MINUTE = "1000000"
"""Load is what some tests and benchmarks are for; the limits have tests of their own."""

CONNECT_SECONDS = 20.0
"""Creating a database waits for a checkpoint; two stacks make ten."""


@dataclass(frozen=True, slots=True)
class Places:
    """Everything of a stack that has an address. `name` is its virtual host and begins its databases' names.

    `providers` are the simulated ones that its router knows.
    """

    name: str
    postgres: PostgresEndpoint
    rabbitmq: RabbitmqEndpoint
    s3: S3Endpoint
    ports: Mapping[str, int]
    folder: Path
    providers: tuple[str, ...] = PROVIDERS

    def secret(self, process: str, variable: str) -> Path:
        """The file of a secret, as `rotate` of the stack changes it."""
        return self.folder / "secrets" / process / variable

    @property
    def bucket(self) -> str:
        return self.name.replace("_", "-")

    def url(self, process: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[process]}"

    def database(self, service: str) -> str:
        return f"{self.name}_{service.replace('-', '_')}"

    def password(self, service: str) -> str:
        return f"{service}-of-{self.name}"

    def database_url(self, service: str, password: str | None = None) -> str:
        """As the service's own role."""
        name = self.database(service)
        return self.postgres.url(name, user=name, password=password or self.password(service))

    def broker_user(self, service: str) -> str:
        """A user of this stack's own: its password may be changed."""
        return f"{service}-of-{self.name}"

    def broker_url(self, service: str, password: str | None = None) -> str:
        """As the service's own user."""
        user = self.broker_user(service)
        return self.rabbitmq.url(self.name, user=user, password=password or self.password(service))

    def admin_url(self, service: str) -> str:
        """A service's database as the administrator, for looking at it from outside."""
        return self.postgres.url(self.database(service))

    @asynccontextmanager
    async def administrator(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that may create databases."""
        connection = await asyncpg.connect(self.postgres.url(), timeout=CONNECT_SECONDS)
        try:
            yield connection
        finally:
            await connection.close()


def prefix_of(service: str) -> str:
    """With what the variables of a service begin."""
    return f"AUTOCREA_{service.replace('-', '_').upper()}_"


def operator_token(service: str) -> str:
    """The variable of a service's operator token."""
    return f"{prefix_of(service)}OPERATOR_TOKEN"


def environment_of(process: str, places: Places, settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of one process, beside what every program needs. Passwords and tokens of ours are in files."""
    values = _values(process, places) | dict(settings)
    for name in [name for name in values if name.endswith(IN_FILES)]:
        file = places.secret(process, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(values.pop(name))
        values[f"{name}_FILE"] = str(file)
    return values


def _values(process: str, places: Places) -> dict[str, str]:
    if process == SIMULATORS:
        return _simulators(places)
    prefix = prefix_of(process)
    values = {
        "ENV": "development",
        f"{prefix}DATABASE_URL": places.database_url(process),
        f"{prefix}BROKER_URL": places.broker_url(process),
        f"{prefix}HTTP_HOST": LOOPBACK,
        f"{prefix}HTTP_PORT": str(places.ports[process]),
        operator_token(process): OPERATOR_TOKEN,
    }
    own = {"gateway": _gateway, "llm-router": _router, "billing": _billing, "artifacts": _artifacts}
    return values | (own[process](places) if process in own else {})


def _gateway(places: Places) -> dict[str, str]:
    issuer = f"{places.url(SIMULATORS)}/identity"
    return {
        "AUTOCREA_GATEWAY_BILLING_URL": places.url("billing"),
        "AUTOCREA_GATEWAY_ARTIFACTS_URL": places.url("artifacts"),
        "AUTOCREA_GATEWAY_INTERNAL_TOKEN": INTERNAL_TOKEN,
        "AUTOCREA_GATEWAY_OPERATED_SERVICES": json.dumps(
            {
                name: {"url": places.url(name), "token_file": str(places.secret(name, operator_token(name)))}
                for name in SERVICES
            }
        ),
        "AUTOCREA_GATEWAY_REQUESTS_PER_ADDRESS": REQUESTS_A_MINUTE,  # everybody in a test has the same address
        "AUTOCREA_GATEWAY_REQUESTS_PER_USER": REQUESTS_A_MINUTE,
        "AUTOCREA_GATEWAY_PAGES_DIR": str(frontend().built),  # there once a test has had it built
        "CLERK_ISSUER": issuer,
        "CLERK_JWKS_URL": f"{issuer}/.well-known/jwks.json",
        "CLERK_AUTHORIZED_PARTIES": places.url("gateway"),
    }


def frontend() -> Frontend:
    """The checkout's, whose build is shared with `autocrea up`."""
    root = next(parent for parent in Path(__file__).resolve().parents if (parent / "uv.lock").exists())
    return Frontend(root / "frontend", log=cache_folder() / "frontend.log")


def _router(places: Places) -> dict[str, str]:
    simulators = places.url(SIMULATORS)
    urls = {f"{name.upper()}_API_URL": f"{simulators}/{name}/v1" for name in places.providers}
    keys = {f"{name.upper()}_API_KEY": MODEL_KEY for name in places.providers}
    return urls | keys | {"AUTOCREA_LLM_ROUTER_SIMULATED_PROVIDERS": ",".join(places.providers)}


def _billing(places: Places) -> dict[str, str]:
    return {
        "AUTOCREA_BILLING_GATEWAY_TOKEN": INTERNAL_TOKEN,
        "AUTOCREA_BILLING_PAGES_URL": places.url("gateway"),
        "STRIPE_API_URL": f"{places.url(SIMULATORS)}/stripe",
        "STRIPE_SECRET_KEY": STRIPE_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


def _artifacts(places: Places) -> dict[str, str]:
    return {
        "AUTOCREA_ARTIFACTS_GATEWAY_TOKEN": INTERNAL_TOKEN,
        "AWS_S3_ENDPOINT_URL": places.s3.url,
        "AWS_S3_BUCKET": places.bucket,
        "AWS_REGION": places.s3.region,
        S3_KEY_ID: places.s3.access_key_id,
        S3_KEY_SECRET: places.s3.secret_access_key,
    }


def _simulators(places: Places) -> dict[str, str]:
    keys = {f"AUTOCREA_SIMULATORS_{name.upper()}_API_KEY": MODEL_KEY for name in places.providers}
    return keys | {
        "AUTOCREA_SIMULATORS_HOST": LOOPBACK,
        "AUTOCREA_SIMULATORS_PORT": str(places.ports[SIMULATORS]),
        "AUTOCREA_SIMULATORS_TOKENS_PER_SECOND": "0",
        "AUTOCREA_SIMULATORS_AUTHORIZED_PARTY": places.url("gateway"),
        "AUTOCREA_SIMULATORS_STATE_DIR": str(places.folder / SIMULATORS),
        "AUTOCREA_SIMULATORS_STRIPE_SECRET_KEY": STRIPE_KEY,
        "AUTOCREA_SIMULATORS_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "AUTOCREA_SIMULATORS_STRIPE_WEBHOOK_URL": f"{places.url('gateway')}/api/webhooks/stripe",
    }
