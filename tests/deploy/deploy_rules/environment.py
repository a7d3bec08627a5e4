"""Every variable is one that the service reads, every one it needs is there, and the service starts with them."""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from unittest import mock

from autocrea.chassis.secret_files import SUFFIX, takes_file
from autocrea.chassis.settings import ServiceSettings, variable_of
from pydantic import ValidationError

from deploy_rules.manifests import Manifests, Workload, settings_of

TEMPLATE = re.compile(r"\{\{[^}]*\}\}")
STAND_IN = {
    "STRIPE_SECRET_KEY": "sk_live_stand_in",
    "STRIPE_WEBHOOK_SECRET": "whsec_stand_in",
    "SENTRY_DSN": "https://stand@in.example/1",
}
"""For secrets that are in the store as they are and whose form is checked."""
IF_MISSING = {"_DATABASE_URL": "postgresql://a:b@c:1/d", "_BROKER_URL": "amqp://a:b@c:1/d"}
"""For files that nothing mounts, which is another rule's to name."""
IN_A_FOLDER = re.compile(r"/etc/autocrea/(?:keys|secrets)/[\w-]+")
MOUNTED = tempfile.TemporaryDirectory()
"""In the place of mounted secrets; as long as the tests, for a service that is built reads its files later."""


def check(manifests: Manifests) -> Iterator[str]:
    for workload in manifests.workloads():
        if workload.service is None:
            continue
        settings = settings_of(workload.service)
        read = {variable_of(settings, field): field for field in settings.model_fields}
        in_files = {name + SUFFIX for name, field in read.items() if takes_file(settings, field)}
        given = manifests.environment(workload)
        for name in sorted(given.keys() - read.keys() - in_files):
            yield f"{workload.title}: {workload.service} does not read {name}"
        for name, field in sorted(read.items()):
            if settings.model_fields[field].is_required() and not {name, name + SUFFIX} & given.keys():
                yield f"{workload.title}: {name} must be set"
        try:
            settings_in(manifests, workload)
        except ValidationError as error:
            yield f"{workload.title}: {workload.service} refuses to start: {error}"


def settings_with(
    settings: type[ServiceSettings], given: dict[str, str], files: Mapping[str, str] = MappingProxyType({})
) -> ServiceSettings:
    """The service's settings as its container finds them, with something in each secret's place."""
    values = {name: TEMPLATE.sub("secret", value) for name, value in given.items()}
    for name, value in values.items():
        values[name] = IN_A_FOLDER.sub(partial(_mounted, name.removesuffix(SUFFIX), files), value)
    with mock.patch.dict(os.environ, values, clear=True):
        return settings(_env_file=None)  # type: ignore[call-arg]


def _mounted(secret: str, files: Mapping[str, str], path: re.Match[str]) -> str:
    file = Path(MOUNTED.name) / path[0].replace("/", "-")
    (missing,) = [text for ending, text in IF_MISSING.items() if secret.endswith(ending)] or ["secret"]
    file.write_text(STAND_IN.get(secret) or TEMPLATE.sub("secret", files.get(path[0], missing)))
    return str(file)


def settings_in(manifests: Manifests, workload: Workload) -> ServiceSettings:
    assert workload.service is not None
    files = manifests.files(workload)
    return settings_with(settings_of(workload.service), manifests.environment(workload), files)
