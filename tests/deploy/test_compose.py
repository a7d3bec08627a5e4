"""The compose file fits the product: variables, users and databases, and images that the one Dockerfile builds."""

import base64
import json
import os
import re
from hashlib import sha256
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
import yaml
from autocrea.chassis.settings import variable_of
from autocrea.cli.operating.operator import IMAGES_ACCOUNT
from autocrea.cli.operating.system import BROKER_VARIABLE
from autocrea.simulators.settings import Settings as Simulators
from deploy_rules.environment import settings_with
from deploy_rules.manifests import ROOT, SERVICES, settings_of

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
DEFINITIONS = json.loads((ROOT / "deploy" / "compose" / "rabbitmq.json").read_text())
DATABASES = (ROOT / "deploy" / "compose" / "databases.sql").read_text()
OURS = {name: one for name, one in COMPOSE.items() if "build" in one}


VARIABLE = re.compile(r"\$\{(\w+):?-([^}]*)\}")
"""Compose's own way to say: this, unless the person's `.env` says otherwise."""
EXAMPLE = re.findall(
    r"^#(\w+)=(.*)$", (ROOT / "deploy" / "compose" / "env.example").read_text(), re.MULTILINE
)
ENDING = {"topology", "bucket", *(f"migrate-{service}" for service in SERVICES)}


def environment(name: str, said: dict[str, str] = {}) -> dict[str, str]:  # noqa: B006 -- only read
    """What a container is given where a `.env` says this."""
    found: dict[str, str | None] = COMPOSE[name]["environment"]
    given = {
        variable: said.get(variable) if value is None else VARIABLE.sub(lambda m: said.get(m[1], m[2]), value)
        for variable, value in found.items()
    }
    return {variable: value for variable, value in given.items() if value is not None}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_with_what_it_reads_when_composed(service: str) -> None:
    settings = settings_of(service)
    given = environment(service)
    assert given.keys() <= {variable_of(settings, field) for field in settings.model_fields}
    assert settings_with(settings, given).http_host == "127.0.0.1"
    assert environment(f"migrate-{service}") == given


@pytest.mark.parametrize("service", SERVICES)
def test_its_stores_know_a_service_when_composed(service: str) -> None:
    prefix = f"AUTOCREA_{service.upper().replace('-', '_')}"
    database = urlsplit(environment(service)[f"{prefix}_DATABASE_URL"])
    assert f"CREATE ROLE {database.username} LOGIN PASSWORD '{database.password}';" in DATABASES
    assert f"CREATE DATABASE {database.path.strip('/')} OWNER {database.username};" in DATABASES
    assert_known_to_the_broker(environment(service)[f"{prefix}_BROKER_URL"])


def test_the_topologys_user_is_known_when_composed() -> None:
    assert_known_to_the_broker(environment("topology")[BROKER_VARIABLE])


def assert_known_to_the_broker(address: str) -> None:
    url = urlsplit(address)
    (user,) = [one for one in DEFINITIONS["users"] if one["name"] == url.username]
    stored = base64.b64decode(user["password_hash"])
    assert stored[4:] == sha256(stored[:4] + (url.password or "").encode()).digest()
    assert url.path.strip("/") in {one["name"] for one in DEFINITIONS["vhosts"]}


def test_neighbours_are_where_they_are_looked_for_when_composed() -> None:
    listens = {environment(name)[f"AUTOCREA_{name.upper().replace('-', '_')}_HTTP_PORT"] for name in SERVICES}
    listens |= {environment("simulators")["AUTOCREA_SIMULATORS_PORT"]}
    for one in COMPOSE.values():
        listens |= {port.split(":")[-2] for port in one.get("ports", [])}
    for name in OURS:
        for variable, value in environment(name).items():
            for port in re.findall(r"127\.0\.0\.1:(\d+)", value):
                assert port in listens, f"{name}: {variable} names {value}"


def test_simulators_read_what_they_are_given_when_composed() -> None:
    given = environment("simulators")
    assert given.keys() <= {f"AUTOCREA_SIMULATORS_{field.upper()}" for field in Simulators.model_fields}
    with mock.patch.dict(os.environ, given, clear=True):
        simulators = Simulators()
    assert simulators.issuer_url == environment("gateway")["CLERK_ISSUER"]
    assert simulators.joxcoder_api_key.get_secret_value() == environment("llm-router")["JOXCODER_API_KEY"]
    assert simulators.stripe_secret_key.get_secret_value() == environment("billing")["STRIPE_SECRET_KEY"]
    assert (
        simulators.stripe_webhook_secret.get_secret_value() == environment("billing")["STRIPE_WEBHOOK_SECRET"]
    )


def test_what_may_be_real_is_in_the_example_when_composed() -> None:
    named = {
        name if value is None else VARIABLE.fullmatch(value)[1]  # type: ignore[index]
        for one in OURS.values()
        for name, value in one["environment"].items()
        if value is None or "$" in value
    }
    assert named == {name for name, _ in EXAMPLE}
    assert not any("$" in str(environment("simulators")[name]) for name in environment("simulators"))


def test_services_start_when_all_of_the_example_is_filled_in() -> None:
    keys = {"STRIPE_SECRET_KEY": "sk_test_mine", "STRIPE_WEBHOOK_SECRET": "whsec_mine"}
    empty = {"AUTOCREA_LLM_ROUTER_SIMULATED_PROVIDERS": ""}
    said = {name: value or "mine" for name, value in EXAMPLE} | keys | empty
    for service in SERVICES:
        given = environment(service, said)
        assert "127.0.0.1:8090" not in " ".join(given.values()), f"{service} would still ask a simulator"
        settings_with(settings_of(service), given)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_whether_it_is_ready_when_composed(service: str) -> None:
    port = environment(service)[f"AUTOCREA_{service.upper().replace('-', '_')}_HTTP_PORT"]
    assert COMPOSE[service]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{port}/health/ready"
    waits = {name: one["condition"] for name, one in COMPOSE[service]["depends_on"].items()}
    assert waits.keys() >= {f"migrate-{service}", "topology"}


def test_everybody_waits_for_what_can_be_waited_for_when_composed() -> None:
    for name, one in COMPOSE.items():
        for waited, how in one.get("depends_on", {}).items():
            ends = how["condition"] == "service_completed_successfully"
            assert ends == (waited in ENDING), f"{name} waits for {waited}"
            assert ends or "healthcheck" in COMPOSE[waited], f"nobody knows when {waited} is there"


def test_stores_are_found_as_they_were_left_when_composed_again() -> None:
    assert COMPOSE["rabbitmq"]["hostname"], "a broker's data is found under its host's name"
    probe = COMPOSE["postgres"]["healthcheck"]["test"]
    assert probe[probe.index("-h") + 1] == "127.0.0.1", (
        "the server that makes the databases has only a socket"
    )
    used = {place.split(":")[0] for one in COMPOSE.values() for place in one.get("volumes", [])}
    volumes = {place for place in used if not place.startswith("./")}
    assert volumes == set(yaml.safe_load((ROOT / "compose.yaml").read_text())["volumes"])
    assert all((ROOT / place).is_file() for place in used - volumes)


def test_nothing_listens_twice_or_beyond_a_loopback_when_composed() -> None:
    published = [port for one in COMPOSE.values() for port in one.get("ports", [])]
    own = [environment(name)[f"AUTOCREA_{name.upper().replace('-', '_')}_HTTP_PORT"] for name in SERVICES]
    ports = [port.split(":")[-2] for port in published] + own
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert len(set(ports)) == len(ports)
    assert environment("simulators")["AUTOCREA_SIMULATORS_HOST"] == "127.0.0.1"


def test_images_are_members_when_composed() -> None:
    for name, one in OURS.items():
        service: Any = one["build"]["args"]["SERVICE"]
        places = [ROOT / "services" / service, ROOT / "libs" / service, ROOT / service]
        assert any((place / "pyproject.toml").exists() for place in places), f"{name}: no member {service}"
        assert (ROOT / one["build"]["dockerfile"]).exists()


def test_the_images_account_is_nobodys_name_when_an_operator_forgets_theirs() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    assert re.findall(r"^ENV(?:.*\\\n)*.*\bUSER=(\S+)", dockerfile, re.MULTILINE) == [IMAGES_ACCOUNT]
