"""What an object names is there: ports, paths, selectors, accounts, secrets and their keys, addresses."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from autocrea.chassis.health import Health
from autocrea.chassis.secret_files import SUFFIX
from autocrea.cli.operating.system import BROKER_VARIABLE, token_variable, url_variable
from autocrea.cli.stack.layout import SERVICES as CLI_SERVICES

from deploy_rules.environment import IN_A_FOLDER, settings_in
from deploy_rules.manifests import Manifests, Workload, matches

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
INTERNAL_URL = re.compile(r"http://([a-z-]+):(\d+)")


def check(manifests: Manifests) -> Iterator[str]:
    yield from _ports(manifests)
    yield from _selectors(manifests)
    yield from _secrets(manifests)
    yield from _accounts(manifests)
    yield from _addresses(manifests)
    yield from _toolbox(manifests)


def _ports(manifests: Manifests) -> Iterator[str]:
    paths = {route.path for route in Health(lambda: 0.0, {}).routes()}
    services = manifests.named("Service")
    for name, workload in manifests.deployments().items():
        (port,) = workload.container["ports"]
        listens_on = settings_in(manifests, workload).http_port
        if port["containerPort"] != listens_on:
            yield f"{workload.title}: it listens on {listens_on}, the container names {port['containerPort']}"
        for probe in PROBES:
            asked = workload.container[probe]["httpGet"]
            if asked["path"] not in paths or asked["port"] != port["name"]:
                yield f"{workload.title}: the {probe} asks {asked['path']} at {asked['port']}"
        (offered,) = services[name]["spec"]["ports"]
        if (offered["port"], offered["targetPort"]) != (listens_on, port["name"]):
            yield f"Service {name}: it offers {offered['port']} to {offered['targetPort']}"
    for monitor in manifests.of("PodMonitor"):
        selected = [one for one in manifests.workloads() if matches(monitor["spec"]["selector"], one.labels)]
        for endpoint in monitor["spec"]["podMetricsEndpoints"]:
            for one in selected:
                if endpoint["port"] not in {port["name"] for port in one.container["ports"]}:
                    yield f"PodMonitor {monitor['metadata']['name']}: {one.title} has no port {endpoint['port']}"
                if endpoint["path"] not in paths:
                    yield f"PodMonitor {monitor['metadata']['name']}: there is no {endpoint['path']}"


def _selectors(manifests: Manifests) -> Iterator[str]:
    deployments = [one for one in manifests.workloads() if one.object["kind"] == "Deployment"]
    for one in deployments:
        if not matches(one.object["spec"]["selector"], one.labels):
            yield f"{one.title}: it does not select its own pods"
    for name, service in manifests.named("Service").items():
        selected = [
            one for one in deployments if matches({"matchLabels": service["spec"]["selector"]}, one.labels)
        ]
        if [one.object["metadata"]["name"] for one in selected] != [name]:
            yield f"Service {name}: it selects {[one.title for one in selected]}"
    budgets = manifests.named("PodDisruptionBudget")
    for name, budget in budgets.items():
        if name in manifests.named("RabbitmqCluster"):
            continue  # its pods are the operator's
        selected = [one for one in deployments if matches(budget["spec"]["selector"], one.labels)]
        if [one.object["metadata"]["name"] for one in selected] != [name]:
            yield f"PodDisruptionBudget {name}: it selects {[one.title for one in selected]}"
    for name in manifests.deployments().keys() - budgets.keys():
        yield f"Deployment {name}: no PodDisruptionBudget"


def _secrets(manifests: Manifests) -> Iterator[str]:
    made = manifests.secret_keys()
    for workload in manifests.workloads():
        for name, key in _wanted(workload):
            if name not in made:
                yield f"{workload.title}: nothing makes the secret {name}"
            elif key is not None and key not in made[name]:
                yield f"{workload.title}: the secret {name} has no key {key}"
        mounted = {mount["name"] for mount in workload.container["volumeMounts"]}
        volumes = {volume["name"] for volume in workload.pod["volumes"]}
        if mounted != volumes:
            yield f"{workload.title}: it mounts {sorted(mounted)} of {sorted(volumes)}"
    for secret in manifests.of("ExternalSecret"):
        name, spec = secret["metadata"]["name"], secret["spec"]
        fetched = {entry["secretKey"] for entry in spec["data"]}
        used = set(re.findall(r"\{\{\s*\.(\w+)", " ".join(spec["target"]["template"]["data"].values())))
        if fetched != used:
            yield f"ExternalSecret {name}: it fetches {sorted(fetched)} and uses {sorted(used)}"


def _wanted(workload: Workload) -> Iterator[tuple[str, str | None]]:
    for source in workload.container.get("envFrom", []):
        if "secretRef" in source:
            yield source["secretRef"]["name"], None
    for entry in workload.container.get("env", []):
        if "valueFrom" in entry:
            reference = entry["valueFrom"]["secretKeyRef"]
            yield reference["name"], reference["key"]
    for volume in workload.pod["volumes"]:
        if "secret" in volume:
            for item in volume["secret"].get("items", [{"key": None}]):
                yield volume["secret"]["secretName"], item["key"]


def _accounts(manifests: Manifests) -> Iterator[str]:
    accounts = manifests.named("ServiceAccount")
    for workload in manifests.workloads():
        if workload.pod["serviceAccountName"] not in accounts:
            yield f"{workload.title}: there is no ServiceAccount {workload.pod['serviceAccountName']}"
    for name in accounts.keys() - {one.pod["serviceAccountName"] for one in manifests.workloads()}:
        yield f"ServiceAccount {name}: nobody uses it"


def _addresses(manifests: Manifests) -> Iterator[str]:
    offered = {
        (name, str(port["port"]))
        for name, one in manifests.named("Service").items()
        for port in one["spec"]["ports"]
    }
    if any(manifests.of("OpenTelemetryCollector")):
        (collector,) = manifests.named("OpenTelemetryCollector").values()
        receiver = collector["spec"]["config"]["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
        offered.add((f"{collector['metadata']['name']}-collector", receiver.rpartition(":")[2]))
    for workload in manifests.workloads():
        for name, value in manifests.environment(workload).items():
            for host, port in set(INTERNAL_URL.findall(value)) - offered:
                yield f"{workload.title}: {name} names http://{host}:{port}, which nothing offers"
            for file in IN_A_FOLDER.findall(value):
                if not _mounted(manifests, workload, file):
                    yield f"{workload.title}: {name} names {file}, which is not mounted"
    for route in manifests.of("HTTPRoute"):
        for rule in route["spec"]["rules"]:
            for backend in rule.get("backendRefs", []):
                if (backend["name"], str(backend["port"])) not in offered:
                    yield f"HTTPRoute {route['metadata']['name']}: nothing offers {backend}"


def _mounted(manifests: Manifests, workload: Workload, file: str) -> bool:
    volumes = {volume["name"]: volume for volume in workload.pod["volumes"]}
    folder, _, name = file.rpartition("/")
    for mount in workload.container["volumeMounts"]:
        secret = volumes[mount["name"]].get("secret")
        if secret and mount["mountPath"] == folder:
            keys = {item["path"] for item in secret["items"]} if "items" in secret else None
            return name in (keys or manifests.secret_keys()[secret["secretName"]])
    # Its migrations ask no model.
    return folder == "/etc/autocrea/keys" and workload.title.startswith("Job migrate-llm-router")


def _toolbox(manifests: Manifests) -> Iterator[str]:
    (toolbox,) = [one for one in manifests.workloads() if one.title == "Deployment toolbox"]
    given = manifests.environment(toolbox)
    wanted = {BROKER_VARIABLE} | {
        variable(service) for service in CLI_SERVICES for variable in (url_variable, token_variable)
    }
    if {name.removesuffix(SUFFIX) for name in given} != wanted:
        yield f"Deployment toolbox: the command line reads {sorted(wanted)}, not {sorted(given)}"
    for service in CLI_SERVICES:
        if urlsplit(given.get(url_variable(service), "")).hostname != service:
            yield f"Deployment toolbox: {url_variable(service)} is not where {service} is"
