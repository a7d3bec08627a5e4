"""What a stack consists of: the five services and the simulators, their modules, their usual ports."""

from dataclasses import dataclass

GATEWAY, ORCHESTRATOR, LLM_ROUTER = "gateway", "orchestrator", "llm-router"
BILLING, ARTIFACTS, SIMULATORS = "billing", "artifacts", "simulators"

SERVICES = (GATEWAY, ORCHESTRATOR, LLM_ROUTER, BILLING, ARTIFACTS)

JOXCODER, OPENAI, ANTHROPIC = "joxcoder", "openai", "anthropic"
PROVIDERS = (JOXCODER, OPENAI, ANTHROPIC)
"""Of models. The first one is the default."""

WANTED_PORTS = {
    GATEWAY: 8000,
    ORCHESTRATOR: 8001,
    LLM_ROUTER: 8002,
    BILLING: 8003,
    ARTIFACTS: 8004,
    SIMULATORS: 7090,
    "postgres": 5432,
    "rabbitmq": 5672,
    "rabbitmq-management": 15672,
    "s3": 9000,
}
"""Tried first, so that addresses stay the same from start to start; one that is taken is replaced by a free
one."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What the person's own environment names, so that the stack need not start it."""

    providers: frozenset[str]
    identity: bool
    payments: bool
    object_store: bool

    @property
    def simulated_providers(self) -> tuple[str, ...]:
        """None as soon as the default model is a real one: where it fails, no simulator may answer in its place."""
        if JOXCODER in self.providers:
            return ()
        return tuple(name for name in PROVIDERS if name not in self.providers)

    @property
    def simulators(self) -> bool:
        """Whether nothing is left for the simulators to do."""
        return not self.simulated_providers and self.identity and self.payments


def module_of(name: str) -> str:
    return f"autocrea.{name.replace('-', '_')}"


def database_of(service: str) -> str:
    return service.replace("-", "_")


def prefix_of(name: str) -> str:
    return f"AUTOCREA_{name.replace('-', '_').upper()}_"
