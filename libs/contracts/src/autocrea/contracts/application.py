"""The two documents that models write: the contract of the application, and the audit of what was made.

Models slip, so only what the later steps cannot do without is required. What people read of the audit is the report:
the model's findings and those of the scanners, side by side.
"""

from __future__ import annotations

from typing import Annotated, Literal

from autocrea.contracts.ids import StepName
from autocrea.contracts.message import Shape
from pydantic import BeforeValidator, ConfigDict, Field, JsonValue


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class _Document(Shape):
    model_config = ConfigDict(str_strip_whitespace=True)


class PromisedFile(_Document):
    """A file that a later step has to deliver."""

    path: str = Field(
        min_length=1, description="Path inside the application, with forward slashes, no leading slash."
    )
    step: StepName = Field(description="The step that writes it.")
    purpose: str = Field(default="", description="What it is for, in a sentence.")


class Route(_Document):
    """A route of the application's back end."""

    method: Annotated[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], BeforeValidator(_upper)] = Field(
        description="The HTTP method."
    )
    path: str = Field(pattern=r"^/", description="The path, with parameters in braces: /api/items/{id}.")
    summary: str = Field(default="", description="What it does, in a sentence.")
    request_example: JsonValue = Field(
        default=None, description="A JSON body that it accepts; null when it takes none."
    )
    response_example: JsonValue = Field(
        default=None, description="A JSON body that it answers; null when it answers none."
    )
    status: int = Field(default=200, ge=100, le=599, description="The status of that answer.")


class EnvironmentVariable(_Document):
    """A variable that the application reads from its environment."""

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="Its name.")
    purpose: str = Field(default="", description="What it is for, in a sentence.")
    example: str = Field(default="", description="A value that works on one machine; empty for a secret.")
    secret: bool = Field(default=False, description="Whether its value must be kept secret.")


class Dependency(_Document):
    """A package that the application uses."""

    name: str = Field(min_length=1, description="The package's name in its registry.")
    ecosystem: Annotated[Literal["python", "npm"], BeforeValidator(_lower)] = Field(
        description="Which registry: python or npm."
    )
    version: str | None = Field(default=None, description="The version or range; null for any.")


class EntityField(_Document):
    """A field of an entity."""

    name: str = Field(min_length=1, description="The field's name.")
    type: str = Field(description="Its type, as the data store calls it.")
    required: bool = Field(default=True, description="Whether it must have a value.")


class Entity(_Document):
    """Something that the application stores."""

    entity: str = Field(min_length=1, description="The entity's name.")
    fields: tuple[EntityField, ...] = Field(default=(), description="Its fields.")


class Port(_Document):
    """A port on which a part of the application listens."""

    service: str = Field(min_length=1, description="The part.")
    port: int = Field(ge=1, le=65535, description="The port.")


class ApplicationContract(_Document):
    """What the architecture step yields: what every later step has to deliver and may rely on."""

    contract_version: Literal[1] = Field(default=1, description="The version of this shape: always 1.")
    summary: str = Field(min_length=1, description="What the application does, in two or three sentences.")
    stack: tuple[str, ...] = Field(
        default=(), description="Its technologies, each with its role: 'FastAPI: API'."
    )
    files: tuple[PromisedFile, ...] = Field(min_length=1, description="Every file of the application.")
    routes: tuple[Route, ...] = Field(default=(), description="Every route of the back end.")
    env: tuple[EnvironmentVariable, ...] = Field(
        default=(), description="Every variable read from the environment."
    )
    dependencies: tuple[Dependency, ...] = Field(default=(), description="Every package used.")
    data_model: tuple[Entity, ...] = Field(default=(), description="What is stored.")
    ports: tuple[Port, ...] = Field(default=(), description="Who listens where.")
    deviations: tuple[str, ...] = Field(
        default=(), description="Where the person's wish replaced the usual stack, a sentence each."
    )


class AuditFinding(_Document):
    """Something that the audit noticed."""

    severity: Annotated[
        Literal["critical", "high", "medium", "low", "info"],
        BeforeValidator(_lower),
    ] = Field(description="How grave it is.")
    file: str = Field(description="The file concerned.")
    line: int | None = Field(
        default=None, description="The line in it, counted from 1; null when there is none."
    )
    what: str = Field(min_length=1, description="What is wrong.")
    fix: str = Field(default="", description="How to mend it.")


class AuditReport(_Document):
    """What the security audit yields."""

    summary: str = Field(
        min_length=1, description="The state of the application's security, in two or three sentences."
    )
    findings: tuple[AuditFinding, ...] = Field(default=(), description="What was noticed, the gravest first.")


class ReportedFinding(AuditFinding):
    """A finding of the security report, and who made it."""

    by_model: bool = Field(description="Whether the model made it.")
    rule: str | None = Field(
        default=None, description="The scanner's rule that made or confirmed it; null when none did."
    )


class SecurityReport(_Document):
    """`docs/security_audit.json`: the audit merged with what scanners found in the same files, secrets masked."""

    summary: str = Field(description="The model's words on the whole.")
    findings: tuple[ReportedFinding, ...] = Field(default=(), description="The gravest first.")
    unscanned: tuple[str, ...] = Field(default=(), description="Files that no scanner could read.")
