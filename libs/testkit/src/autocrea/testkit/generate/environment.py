"""`environment.md`: every environment variable of every service, from the settings classes themselves."""

import importlib
from pathlib import Path

from autocrea.chassis.secret_files import takes_file
from autocrea.chassis.settings import ServiceSettings, variable_of
from autocrea.contracts.message import Service
from pydantic import SecretStr
from pydantic.fields import FieldInfo

INTRODUCTION = """# Environment variables

Generated from the settings classes by `make generate`. Names without the `AUTOCREA_` prefix are the founding document's
or another project's own. A name without a default must be set. In development a file `.env` in the working directory is
read as well; the environment wins, and elsewhere it alone counts. `autocrea up` sets all of them for the local stack.

What is marked *secret* may be in a file instead, which the same name with `_FILE` names: such a secret is changed
without a restart.

`ENV=production` starts nothing that would believe or serve a simulator: the message names the variable.
"""

RETIRED = {
    "JWT_SECRET": (
        "CLERK_ISSUER",
        "Session tokens are verified with the issuer's public keys; no secret is shared with it.",
    ),
    "CONVEX_DEPLOY_KEY": (
        "AUTOCREA_GATEWAY_DATABASE_URL",
        "What pages show is in the gateway's own database, and what changes comes by server-sent events.",
    ),
    "NEXT_PUBLIC_API_URL": (
        "ALLOWED_ORIGINS",
        "Pages come from the gateway and read `/config.json`; pages from elsewhere are named here.",
    ),
}
"""Names of the founding document that nothing reads any more: what to set instead, and why."""


def files() -> dict[Path, str]:
    """The one page."""
    parts = [INTRODUCTION]
    for service in Service:
        settings = settings_of(service)
        parts.append(f"## {service.value}\n\n| name | default | meaning |\n|---|---|---|")
        parts[-1] += "".join(
            f"\n| `{variable_of(settings, field)}` | {_default(info)} | {_meaning(settings, field)} |"
            for field, info in sorted(settings.model_fields.items())
        )
        parts[-1] += "\n"
    parts.append("## Retired\n\n| name | set instead | why |\n|---|---|---|")
    parts[-1] += "".join(f"\n| `{name}` | `{new}` | {why} |" for name, (new, why) in RETIRED.items())
    parts[-1] += "\n"
    return {Path("environment.md"): "\n".join(parts)}


def settings_of(service: Service) -> type[ServiceSettings]:
    """The settings class of a service."""
    module = importlib.import_module(f"autocrea.{service.value.replace('-', '_')}.settings")
    found: type[ServiceSettings] = module.Settings
    return found


def _meaning(settings: type[ServiceSettings], field: str) -> str:
    description = settings.model_fields[field].description or ""
    return f"{description} *Secret.*" if takes_file(settings, field) else description


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "–"
    value = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        return "(secret)"
    if value is None or value in ("", [], ()):
        return "unset"
    return f"`{value}`"
