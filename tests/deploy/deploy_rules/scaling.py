"""One autoscaler a service, on a signal that the service has, with thresholds and connections that fit."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

from autocrea.chassis.app import Service
from autocrea.chassis.database import POOL_SIZE_MAX
from autocrea.chassis.registry import Work

from deploy_rules.environment import settings_in
from deploy_rules.manifests import Manifests, Object, Workload

LISTENER = 1
"""Connections of a process beside its pool."""
SURGE = 1
"""Pods of the next version that run beside the old ones."""
QUERY = re.compile(
    r'^max\((?P<metric>\w+)\{namespace="(?P<namespace>[\w-]+)",service="(?P<service>[\w-]+)",kind="(?P<kind>\w+)"\}\)$'
)


def check(manifests: Manifests) -> Iterator[str]:
    found = list(manifests.of("ScaledObject", "HorizontalPodAutoscaler"))
    targets = [one["spec"]["scaleTargetRef"]["name"] for one in found]
    scalers = dict(zip(targets, found, strict=True))
    for name in sorted({name for name in targets if targets.count(name) > 1}):
        yield f"Deployment {name}: two autoscalers"
    if not scalers:
        return  # a cluster to try things in
    for name, workload in manifests.deployments().items():
        if name not in scalers:
            yield f"Deployment {name}: no autoscaler"
        elif "replicas" in workload.object["spec"]:
            yield f"{workload.title}: its replicas are the autoscaler's, and every apply would reset them"
        elif scalers[name]["kind"] == "ScaledObject":
            yield from _due_jobs(scalers[name], service_of(manifests, workload))
    yield from _connections(manifests, scalers)


def _due_jobs(scaler: Object, service: Service[Any, Any]) -> Iterator[str]:
    (trigger,) = scaler["spec"]["triggers"]
    fallback = scaler["spec"]["fallback"]
    title = f"ScaledObject {scaler['metadata']['name']}"
    found = QUERY.match(trigger["metadata"]["query"])
    if found is None or (found["namespace"], found["service"]) != (
        scaler["metadata"]["namespace"],
        service.name,
    ):
        yield f"{title}: it does not ask for {service.name}'s due jobs: {trigger['metadata']['query']}"
        return
    if trigger["metadata"].get("ignoreNullValues") != "false":
        yield f"{title}: it takes a missing measure for no work"
    if fallback.get("behavior") != "currentReplicasIfHigher":
        yield f"{title}: without Prometheus it takes replicas away from work that is there"
    kind = service.registry.kinds.get(found["kind"])
    if not isinstance(kind, Work):
        yield f"{title}: {service.name} has no work of kind {found['kind']}"
    elif float(trigger["metadata"]["threshold"]) > kind.concurrency:
        yield f"{title}: a replica works on {kind.concurrency} {found['kind']} at a time, less than its threshold"


def _connections(manifests: Manifests, scalers: dict[str, Object]) -> Iterator[str]:
    (cluster,) = manifests.of("Cluster")
    needed = {name: _pods_max(one["spec"]) * (POOL_SIZE_MAX + LISTENER) for name, one in scalers.items()}
    offered = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
    if offered < sum(needed.values()):
        yield f"Cluster: pods may open {sum(needed.values())} connections, PostgreSQL takes {offered}"
    for role in cluster["spec"]["managed"]["roles"]:
        wanted = needed[role["name"].replace("_", "-")]
        if role["connectionLimit"] < wanted:
            yield f"Cluster: {role['name']} may open {wanted} connections, its role {role['connectionLimit']}"


def _pods_max(scaler: Object) -> int:
    most: int = scaler.get("maxReplicas") or scaler["maxReplicaCount"]  # of an HPA, of KEDA
    return most + SURGE


def service_of(manifests: Manifests, workload: Workload) -> Service[Any, Any]:
    """The service as its container would build it; nothing is opened."""
    assert workload.service is not None
    module = importlib.import_module(f"autocrea.{workload.service.replace('-', '_')}.main")
    service: Service[Any, Any] = module.build(settings_in(manifests, workload))
    return service
