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
from autocrea.cli.operating.system import BROKER_VARIABLE
from autocrea.simulators.settings import Settings as Simulators
from deploy_rules.environment import settings_with
from deploy_rules.manifests import ROOT, SERVICES, settings_of

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
DEFINITIONS = json.loads((ROOT / "deploy" / "compose" / "rabbitmq.json").read_text())
DATABASES = (ROOT / "deploy" / "compose" / "databases.sql").read_text()
OURS = {name: one for name, one in COMPOSE.items() if "build" in one}


def environment(name: str) -> dict[str, str]:
    found: dict[str, str] = COMPOSE[name]["environment"]
    return found


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


def test_images_are_members_when_composed() -> None:
    for name, one in OURS.items():
        service: Any = one["build"]["args"]["SERVICE"]
        places = [ROOT / "services" / service, ROOT / "libs" / service, ROOT / service]
        assert any((place / "pyproject.toml").exists() for place in places), f"{name}: no member {service}"
        assert (ROOT / one["build"]["dockerfile"]).exists()
