"""How a pod ends, and when it is believed to be well: above every limit that the service itself keeps."""

from collections.abc import Iterator

from autocrea.chassis import health, process, runner, web

from deploy_rules.environment import settings_in
from deploy_rules.manifests import Manifests


def shutdown_seconds(drain_seconds: float) -> float:
    """The longest a service takes from SIGTERM to its end: the limits of `chassis.process`, one after the other."""
    jobs = drain_seconds + runner.END_SECONDS
    batch = max(drain_seconds, process.HURRY_SECONDS)
    return jobs + batch + web.GRACE_SECONDS + 1 + process.END_SECONDS


def check(manifests: Manifests) -> Iterator[str]:
    for workload in manifests.deployments().values():
        needed = shutdown_seconds(settings_in(manifests, workload).drain_seconds)
        needed += workload.container["lifecycle"]["preStop"]["sleep"]["seconds"]
        grace = workload.pod["terminationGracePeriodSeconds"]
        if grace <= needed:
            yield f"{workload.title}: it may take {needed:.0f} s to end and is killed after {grace}"
        ready, live = workload.container["readinessProbe"], workload.container["livenessProbe"]
        if ready["timeoutSeconds"] <= health.READY_TIMEOUT_SECONDS:
            yield f"{workload.title}: readiness is not waited for as long as its checks take"
        if ready["httpGet"]["path"] != "/health/ready" or live["httpGet"]["path"] != "/health/live":
            yield f"{workload.title}: readiness and liveness are not what they are called"
        if workload.object["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] != 0:
            yield f"{workload.title}: an update takes away what serves"
