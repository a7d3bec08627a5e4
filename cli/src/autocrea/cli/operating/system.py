"""Which system an operator's command is about: the one that the environment names, else the stack that runs here."""

import os
from collections.abc import Mapping
from pathlib import Path

from autocrea.chassis.keys import KeyTrouble, key_in
from autocrea.chassis.secret_files import SUFFIX
from autocrea.cli.operating.services import Services
from autocrea.cli.stack.layout import SERVICES, prefix_of
from autocrea.cli.stack.report import running_stack
from autocrea.cli.stack.state import find_state
from autocrea.cli.trouble import Trouble

BROKER_VARIABLE = "AUTOCREA_TOPOLOGY_BROKER_URL"
"""AMQP URL of a user who may declare the topology; with it the topology of a broker elsewhere is applied."""


def url_variable(service: str) -> str:
    """Names where a service of a system elsewhere is; its operator token is named as the service itself names it."""
    return f"{prefix_of(service)}URL"


def token_variable(service: str) -> str:
    return f"{prefix_of(service)}OPERATOR_TOKEN"


def operated_services(environ: Mapping[str, str] = os.environ) -> Services:
    """The services to be asked. Raises Trouble when the environment names some of them only, or nothing runs here."""
    if not any(environ.get(url_variable(service)) for service in SERVICES):
        return Services(running_stack(find_state()))
    variables = [name for service in SERVICES for name in (url_variable(service), token_variable(service))]
    said = {name: named(environ, name) for name in variables}
    if missing := [name for name, value in said.items() if not value]:
        raise Trouble("elsewhere_incomplete", names=", ".join(missing))
    return Services(
        {
            "services": {service: said[url_variable(service)].rstrip("/") for service in SERVICES},
            "operator_tokens": {  # of two, while one is changed, the first
                service: said[token_variable(service)].split(",")[0].strip() for service in SERVICES
            },
        }
    )


def operated_broker(environ: Mapping[str, str] = os.environ) -> str:
    """The AMQP URL of the broker whose topology is meant. Raises Trouble when none is named and nothing runs here."""
    return named(environ, BROKER_VARIABLE) or str(running_stack(find_state())["broker"]["url"])


def named(environ: Mapping[str, str], variable: str) -> str:
    """What the environment says, or the file that `<variable>_FILE` names; nothing where neither does.

    Raises Trouble when the file cannot be read.
    """
    file = environ.get(variable + SUFFIX)
    if environ.get(variable) or not file:
        return environ.get(variable, "")
    try:
        return key_in(Path(file)).get_secret_value()
    except KeyTrouble as error:
        raise Trouble("unreadable_secret", variable=variable + SUFFIX, reason=str(error)) from error
