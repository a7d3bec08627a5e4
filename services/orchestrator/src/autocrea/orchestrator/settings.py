"""The orchestrator's settings, read once at start."""

from pathlib import Path

from autocrea.chassis.settings import ServiceSettings
from pydantic import Field
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """`AUTOCREA_ORCHESTRATOR_…`, beside what every service has."""

    model_config = SettingsConfigDict(env_prefix="AUTOCREA_ORCHESTRATOR_")

    http_port: int = Field(8002, description="Port of the HTTP server: operator routes, health, metrics.")
    parser_processes: int = Field(
        2,
        ge=1,
        le=32,
        description="Processes that parse generated files, so many steps are verified at a time.",
    )
    pipelines_dir: Path | None = Field(
        None,
        description="Folder of the pipelines on offer, read again when it changes; unset: the package's own.",
    )
