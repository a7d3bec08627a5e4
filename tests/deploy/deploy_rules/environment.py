"""Every variable is one that the service reads, every one it needs is there, and the service starts with them."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from autocrea.chassis.settings import ServiceSettings, variable_of
from pydantic import ValidationError

from deploy_rules.manifests import Manifests, Workload, settings_of

TEMPLATE = re.compile(r"\{\{[^}]*\}\}")
STAND_IN = {"STRIPE_SECRET_KEY": "sk_live_stand_in", "STRIPE_WEBHOOK_SECRET": "whsec_stand_in"}
"""For secrets whose form is checked."""
MOUNTED = tempfile.TemporaryDirectory()
"""In the place of mounted secrets; as long as the tests, for a service that is built reads its files later."""


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
    values = {name: TEMPLATE.sub("secret", value) for name, value in given.items()}
    for name in values:
        if name.endswith("_FILE"):
            file = Path(MOUNTED.name) / name
            file.write_text(STAND_IN.get(name.removesuffix("_FILE"), "secret"))
            values[name] = str(file)
    with mock.patch.dict(os.environ, values, clear=True):
        return settings(_env_file=None)  # type: ignore[call-arg]


def settings_in(manifests: Manifests, workload: Workload) -> ServiceSettings:
    assert workload.service is not None
    return settings_with(settings_of(workload.service), manifests.environment(workload))
