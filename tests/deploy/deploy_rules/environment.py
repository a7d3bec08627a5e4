"""Every variable is one that the service reads, every one it needs is there, and the service starts with them."""

import os
import re
from collections.abc import Iterator
from unittest import mock

from autocrea.chassis.settings import ServiceSettings, variable_of
from pydantic import ValidationError

from deploy_rules.manifests import Manifests, Workload, settings_of

TEMPLATE = re.compile(r"\{\{[^}]*\}\}")
STAND_IN = {"STRIPE_SECRET_KEY": "sk_live_stand_in", "STRIPE_WEBHOOK_SECRET": "whsec_stand_in"}
"""For secrets whose form is checked."""


def check(manifests: Manifests) -> Iterator[str]:
    for workload in manifests.workloads():
        if workload.service is None:
            continue
        settings = settings_of(workload.service)
        read = {variable_of(settings, field): field for field in settings.model_fields}
        given = manifests.environment(workload)
        for name in sorted(given.keys() - read.keys()):
            yield f"{workload.title}: {workload.service} does not read {name}"
        for name, field in sorted(read.items()):
            if settings.model_fields[field].is_required() and name not in given:
                yield f"{workload.title}: {name} must be set"
        try:
            settings_with(settings, given)
        except ValidationError as error:
            yield f"{workload.title}: {workload.service} refuses to start: {error}"


def settings_with(settings: type[ServiceSettings], given: dict[str, str]) -> ServiceSettings:
    """The service's settings as its container finds them, with something in each secret's place."""
    values = {name: STAND_IN.get(name) or TEMPLATE.sub("secret", value) for name, value in given.items()}
    with mock.patch.dict(os.environ, values, clear=True):
        return settings(_env_file=None)  # type: ignore[call-arg]


def settings_in(manifests: Manifests, workload: Workload) -> ServiceSettings:
    assert workload.service is not None
    return settings_with(settings_of(workload.service), manifests.environment(workload))
