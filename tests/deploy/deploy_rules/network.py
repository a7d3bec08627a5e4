"""The edges that policies open are those of the architecture, each at both its ends, and no other."""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy_rules.manifests import COMPONENT, NAME, SERVICES, WHOLE, Manifests, matches

Labels = Mapping[str, str]
Edge = tuple[str, str, int | str]
"""A port, or a range of them as `first-last`."""

PODS: dict[str, Labels] = {
    **{service: {NAME: service, COMPONENT: "service"} for service in SERVICES},
    **{f"{service}-migration": {NAME: service, COMPONENT: "migration"} for service in SERVICES},
    "topology": {NAME: "topology", COMPONENT: "topology"},
    "toolbox": {NAME: "toolbox", COMPONENT: "toolbox"},
    "postgres": {"cnpg.io/cluster": "autocrea-postgres"},
    "rabbitmq": {NAME: "autocrea-rabbitmq", COMPONENT: "rabbitmq"},
    "collector": {NAME: "autocrea-otel-collector", COMPONENT: "opentelemetry-collector"},
}
"""Whatever runs in the namespace, with the labels that decide here; those of operators' pods as they set them."""

OPERATORS = {"cnpg-system", "rabbitmq-system"}
STREAM_REPLICAS = "6000-6500"
"""A stream's copies on other nodes have ports of their own, and its confirms wait for them."""
HTTP = {"gateway": 8000, "orchestrator": 8001, "llm-router": 8002, "billing": 8003, "artifacts": 8004}
ABROAD = {"gateway", "llm-router", "billing", "artifacts"}  # the issuer's keys, models, Stripe, S3
OF_THE_ARCHITECTURE: frozenset[Edge] = frozenset(
    {("envoy-gateway-system", "gateway", 8000)}
    | {("gateway", service, HTTP[service]) for service in SERVICES if service != "gateway"}
    | {(service, "postgres", 5432) for service in SERVICES}
    | {(f"{service}-migration", "postgres", 5432) for service in SERVICES}
    | {(service, "rabbitmq", 5672) for service in (*SERVICES, "topology", "toolbox")}
    | {("toolbox", service, HTTP[service]) for service in SERVICES}
    | {("monitoring", service, HTTP[service]) for service in SERVICES}
    | {(service, "internet", 443) for service in ABROAD}
    | {("monitoring", "postgres", 9187), ("monitoring", "rabbitmq", 15692)}
    | {("postgres", "postgres", port) for port in (5432, 8000)}
    | {("cnpg-system", "postgres", port) for port in (5432, 8000)}
    | {("rabbitmq", "rabbitmq", port) for port in (4369, 25672, STREAM_REPLICAS)}
    | {("rabbitmq-system", "rabbitmq", 15672)}
    | {(operated, "anywhere", port) for operated in ("postgres", "rabbitmq") for port in (443, 6443)}
)
OF_TRACING: frozenset[Edge] = frozenset(
    {(service, "collector", 4318) for service in SERVICES} | {("collector", "monitoring", 4317)}
)
OF_OPTIONS: frozenset[Edge] = frozenset({("gateway", "redis", 6379), ("orchestrator", "internet", 443)})
"""Counting together; and Sentry or Axiom, which the others reach by the way they have."""
NAMES = {(pod, "kube-system", 53) for pod in PODS}


def check(manifests: Manifests) -> Iterator[str]:
    policies = list(manifests.of("NetworkPolicy"))
    denied = [
        one for one in policies if one["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ]
    if not denied:
        yield "NetworkPolicy: nothing denies what no policy allows"
    known = [dict(workload.labels) for workload in manifests.workloads()]
    for name, labels in PODS.items():
        if name not in ("postgres", "rabbitmq", "collector") and not any(
            labels.items() <= one.items() for one in known
        ):
            yield f"NetworkPolicy: there are no pods {name} any more"
    tracing = OF_TRACING if any(manifests.of("OpenTelemetryCollector")) else frozenset()
    options = OF_OPTIONS if manifests.overlay == WHOLE else frozenset()
    wanted = OF_THE_ARCHITECTURE | tracing | options | NAMES
    leaving, entering = set(_edges(policies, "egress")), set(_edges(policies, "ingress"))
    inside = PODS.keys()
    both = {edge for edge in leaving if edge[1] not in inside or edge in entering}
    both |= {edge for edge in entering if edge[0] not in inside}
    for edge in sorted(wanted - both, key=str):
        yield f"NetworkPolicy: closed, though the architecture needs it: {edge}"
    for edge in sorted(both - wanted, key=str):
        yield f"NetworkPolicy: open, though nothing needs it: {edge}"


def _edges(policies: list[dict[str, Any]], way: str) -> Iterator[Edge]:
    """Every pair of pods and port that one side's policies open."""
    for policy in policies:
        here = [name for name, labels in PODS.items() if matches(policy["spec"]["podSelector"], labels)]
        for rule in policy["spec"].get(way, []):
            for peer in rule["to" if way == "egress" else "from"]:
                for there in _peers(peer):
                    for port in map(_port, rule["ports"]):
                        for pod in here:
                            yield (pod, there, port) if way == "egress" else (there, pod, port)


def _port(port: dict[str, Any]) -> int | str:
    return f"{port['port']}-{port['endPort']}" if "endPort" in port else int(port["port"])


def _peers(peer: dict[str, Any]) -> list[str]:
    if "ipBlock" in peer:
        return ["internet" if peer["ipBlock"].get("except") else "anywhere"]
    if "namespaceSelector" in peer:
        return [str(peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"])]
    return [name for name, labels in PODS.items() if matches(peer["podSelector"], labels)]
