"""The environment of every process of a stack: addresses, secrets, and what the person's own environment
says instead."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.cli.parts.ports import LOOPBACK
from autocrea.cli.stack.layout import (
    ANTHROPIC,
    ARTIFACTS,
    BILLING,
    GATEWAY,
    JOXCODER,
    LLM_ROUTER,
    OPENAI,
    PROVIDERS,
    SERVICES,
    SIMULATORS,
    Replaced,
    database_of,
    prefix_of,
)
from autocrea.cli.stack.secret_values import Secrets

KEY_VARIABLES = ("KEY", "KEY_FILE", "URL")
"""Each says on its own that a provider is the person's."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything is. Known before anything is started, so that all can start at the same time."""

    postgres: PostgresEndpoint
    rabbitmq: RabbitmqEndpoint
    s3: S3Endpoint | None
    ports: Mapping[str, int]
    pages: Path | None = None
    """The built front end."""

    def url(self, name: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[name]}"

    @property
    def issuer(self) -> str:
        return f"{self.url(SIMULATORS)}/identity"

    @property
    def stripe(self) -> str:
        return f"{self.url(SIMULATORS)}/stripe"

    def provider(self, name: str) -> str:
        """The API of a simulated provider."""
        return f"{self.url(SIMULATORS)}/{name}/v1"


def replaced(environ: Mapping[str, str] = os.environ) -> Replaced:
    """What the person brings along: a variable that is set to something. Where JoxCoder is nobody knows but them;
    the other two are where everybody's are, so that a key will do."""
    named = {JOXCODER: ("URL",), OPENAI: KEY_VARIABLES, ANTHROPIC: KEY_VARIABLES}
    return Replaced(
        providers=frozenset(
            name
            for name, parts in named.items()
            if any(environ.get(f"{name.upper()}_API_{part}") for part in parts)
        ),
        identity=bool(environ.get("CLERK_ISSUER")),
        payments=any(environ.get(name) for name in ("STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY_FILE")),
        object_store=bool(environ.get("AWS_S3_ENDPOINT_URL")),
    )


def environment(name: str, addresses: Addresses, secrets: Secrets, folder: Path) -> dict[str, str]:
    """The whole environment of one process, which may write below `folder`: the person's, with ours over
    it."""
    ours = (
        _simulators(addresses, secrets, folder) if name == SIMULATORS else _service(name, addresses, secrets)
    )
    return {**os.environ, "PYTHONUNBUFFERED": "1", **ours}


def _service(name: str, addresses: Addresses, secrets: Secrets) -> dict[str, str]:
    database, prefix = database_of(name), prefix_of(name)
    own_database = addresses.postgres.url(database, user=database, password=secrets.database_password(name))
    values = {
        "ENV": os.environ.get("ENV", "development"),
        f"{prefix}DATABASE_URL": own_database,
        f"{prefix}BROKER_URL": addresses.rabbitmq.url(user=name, password=secrets.broker_password(name)),
        f"{prefix}HTTP_HOST": LOOPBACK,
        f"{prefix}HTTP_PORT": str(addresses.ports[name]),
        f"{prefix}OPERATOR_TOKEN": secrets.operator_token(name),
    }
    if name in (BILLING, ARTIFACTS):
        values[f"{prefix}GATEWAY_TOKEN"] = secrets.internal_token()
    if name == BILLING:
        values |= _billing(addresses, secrets)
    if name == GATEWAY:
        values |= _gateway(addresses, secrets)
    if name == LLM_ROUTER:
        values |= _router(addresses, secrets)
    if name == ARTIFACTS and addresses.s3:
        values |= {
            "AWS_S3_ENDPOINT_URL": addresses.s3.url,
            "AWS_S3_PUBLIC_ENDPOINT_URL": "",  # downloads pass through the gateway: one address for the person
            "AWS_S3_BUCKET": addresses.s3.bucket,
            "AWS_REGION": addresses.s3.region,
            "AWS_ACCESS_KEY_ID": addresses.s3.access_key_id,
            "AWS_SECRET_ACCESS_KEY": addresses.s3.secret_access_key,
        }
    return values


def _router(addresses: Addresses, secrets: Secrets) -> dict[str, str]:
    simulated = replaced().simulated_providers
    values = {"AUTOCREA_LLM_ROUTER_SIMULATED_PROVIDERS": ",".join(simulated)}  # pages say so
    for name in simulated:
        prefix = f"{name.upper()}_API_"
        values |= {
            f"{prefix}URL": addresses.provider(name),
            f"{prefix}KEY": secrets.model_key(name),
            f"{prefix}KEY_FILE": "",
        }
    return values


def _gateway(addresses: Addresses, secrets: Secrets) -> dict[str, str]:
    values = {
        "AUTOCREA_GATEWAY_BILLING_URL": addresses.url(BILLING),
        "AUTOCREA_GATEWAY_ARTIFACTS_URL": addresses.url(ARTIFACTS),
        "AUTOCREA_GATEWAY_INTERNAL_TOKEN": secrets.internal_token(),
        "AUTOCREA_GATEWAY_OPERATED_SERVICES": json.dumps(
            {name: {"url": addresses.url(name), "token": secrets.operator_token(name)} for name in SERVICES}
        ),
    }
    if addresses.pages is not None:
        values["AUTOCREA_GATEWAY_PAGES_DIR"] = str(addresses.pages)
    if not replaced().identity:
        values |= {
            "CLERK_ISSUER": addresses.issuer,
            "CLERK_JWKS_URL": f"{addresses.issuer}/.well-known/jwks.json",
            "CLERK_AUTHORIZED_PARTIES": addresses.url(GATEWAY),
        }
    return values


def _billing(addresses: Addresses, secrets: Secrets) -> dict[str, str]:
    values = {
        "AUTOCREA_BILLING_PAGES_URL": os.environ.get("AUTOCREA_BILLING_PAGES_URL", addresses.url(GATEWAY))
    }
    if not replaced().payments:
        values |= {
            "STRIPE_API_URL": addresses.stripe,
            "STRIPE_SECRET_KEY": secrets.stripe_key(),
            "STRIPE_WEBHOOK_SECRET": secrets.webhook_secret(),
        }
    return values


def _simulators(addresses: Addresses, secrets: Secrets, simulators_folder: Path) -> dict[str, str]:
    keys = {f"AUTOCREA_SIMULATORS_{name.upper()}_API_KEY": secrets.model_key(name) for name in PROVIDERS}
    return keys | {
        "AUTOCREA_SIMULATORS_HOST": LOOPBACK,
        "AUTOCREA_SIMULATORS_PORT": str(addresses.ports[SIMULATORS]),
        "AUTOCREA_SIMULATORS_AUTHORIZED_PARTY": addresses.url(GATEWAY),
        "AUTOCREA_SIMULATORS_STATE_DIR": str(simulators_folder),
        "AUTOCREA_SIMULATORS_STRIPE_SECRET_KEY": secrets.stripe_key(),
        "AUTOCREA_SIMULATORS_STRIPE_WEBHOOK_SECRET": secrets.webhook_secret(),
        "AUTOCREA_SIMULATORS_STRIPE_WEBHOOK_URL": f"{addresses.url(GATEWAY)}/api/webhooks/stripe",
    }


def services_of() -> tuple[str, ...]:
    """Every process beside the parts, in the order in which a person reads them."""
    return SERVICES if replaced().simulators else (SIMULATORS, *SERVICES)
