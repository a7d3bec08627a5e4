"""How a pod ends, and when it is believed to be well: above every limit that the service itself keeps. What runs
before it and after it."""

from collections.abc import Iterator

from autocrea.chassis import health, process, runner, web

from deploy_rules.environment import settings_in
from deploy_rules.manifests import Manifests

PHASE = "autocrea.dev/phase"
WAVE = "argocd.argoproj.io/sync-wave"
FIRST_PAUSE_SECONDS, PAUSE_SECONDS_MAX = 10, 360
"""Between a job's tries: Kubernetes doubles the first one up to the longest."""
HOOKS = {"pre": "Sync", "post": "PostSync"}
"""Of Argo CD: `pre` before the services of the same sync, by its wave; `post` when they are healthy."""


def shutdown_seconds(drain_seconds: float) -> float:
    """The longest a service takes from SIGTERM to its end: the limits of `chassis.process`, one after the other."""
    jobs = drain_seconds + runner.END_SECONDS
    batch = max(drain_seconds, process.HURRY_SECONDS)
    return jobs + batch + web.GRACE_SECONDS + 1 + process.END_SECONDS


def check(manifests: Manifests) -> Iterator[str]:
    yield from _jobs(manifests)
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


def _jobs(manifests: Manifests) -> Iterator[str]:
    jobs = manifests.named("Job")
    wanted = {f"migrate-{service}-{phase}" for service in manifests.deployments() for phase in HOOKS}
    if jobs.keys() != wanted | {"topology"}:
        yield f"Job: {sorted(jobs.keys() ^ (wanted | {'topology'}))} is missing or too much"
    for name in sorted(jobs.keys() & wanted):
        phase = name.rpartition("-")[2]
        (container,) = jobs[name]["spec"]["template"]["spec"]["containers"]
        if container["args"] != ["migrate", phase]:
            yield f"Job {name}: it runs {container['args']}"
    for name, job in sorted(jobs.items()):
        phase, notes = job["metadata"]["labels"].get(PHASE), job["metadata"]["annotations"]
        if phase != ("post" if name.endswith("-post") else "pre"):
            yield f"Job {name}: it runs in the phase {phase}"
        elif notes["argocd.argoproj.io/hook"] != HOOKS[phase]:
            yield f"Job {name}: Argo CD runs it at {notes['argocd.argoproj.io/hook']}"
        elif phase == "pre" and int(notes[WAVE]) >= 0:
            yield f"Job {name}: Argo CD runs it beside the services"
        account = manifests.named("ServiceAccount")[job["spec"]["template"]["spec"]["serviceAccountName"]]
        there = account["metadata"].get("labels", {}).get(PHASE) == "pre"
        if not there or int(account["metadata"]["annotations"][WAVE]) >= int(notes.get(WAVE, "0")):
            yield f"Job {name}: it waits for an account that is made after it"
        tries, deadline = job["spec"]["backoffLimit"], job["spec"]["activeDeadlineSeconds"]
        pauses = sum(min(FIRST_PAUSE_SECONDS * 2**n, PAUSE_SECONDS_MAX) for n in range(tries))
        if deadline <= pauses:
            yield f"Job {name}: its {tries} tries take {pauses} s of waiting, and it ends after {deadline}"
