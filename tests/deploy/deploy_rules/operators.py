"""What operators make of our objects: passwords that they follow, pods that the namespace lets in, whole traces."""

from collections.abc import Iterator

from deploy_rules.lifecycle import WAVE
from deploy_rules.manifests import COMPONENT, NAME, Manifests, Object

FOLLOWED = {"postgres": ("cnpg.io/reload", "true"), "rabbitmq": ("rabbitmq.com/topology-operator", "true")}
"""CloudNativePG notices a change of what is not labelled late; RabbitMQ's topology operator refuses such a secret."""
SCRAPED = (
    {"app.kubernetes.io/part-of": "autocrea", COMPONENT: "service"},
    {NAME: "autocrea-rabbitmq"},
    {"cnpg.io/cluster": "autocrea-postgres"},
)
JUDGES_TRACES = ("-k8s", "-contrib")
"""The collector's distributions that have tail_sampling; the operator runs the core when nothing is said."""
NODES = 3
"""Of the broker and of the database: one may be gone."""


def check(manifests: Manifests) -> Iterator[str]:
    yield from _passwords(manifests)
    yield from _order(manifests)
    yield from _broker(manifests)
    yield from _traces(manifests)
    yield from _budgets(manifests)
    if manifests.overlay == "dev":
        return  # a cluster to try things in has one of everything, and nobody who watches it
    (postgres,), (rabbitmq,) = manifests.of("Cluster"), manifests.of("RabbitmqCluster")
    if rabbitmq["spec"]["replicas"] != NODES or postgres["spec"]["instances"] != NODES:
        yield f"Cluster, RabbitmqCluster: not {NODES} nodes each"
    watched = [one["spec"]["selector"]["matchLabels"] for one in manifests.of("PodMonitor")]
    for labels in SCRAPED:
        if labels not in watched:
            yield f"PodMonitor: nobody scrapes {labels}"


def _budgets(manifests: Manifests) -> Iterator[str]:
    (postgres,) = manifests.of("Cluster")
    if postgres["spec"]["instances"] == 1 and postgres["spec"]["enablePDB"]:
        yield "Cluster: the budget of its one instance holds up every drain"


def _passwords(manifests: Manifests) -> Iterator[str]:
    secrets = manifests.named("ExternalSecret")
    (postgres,) = manifests.of("Cluster")
    wanted = {
        "postgres": [role["passwordSecret"]["name"] for role in postgres["spec"]["managed"]["roles"]],
        "rabbitmq": [user["spec"]["importCredentialsSecret"]["name"] for user in manifests.of("User")],
    }
    for whose, names in wanted.items():
        label, value = FOLLOWED[whose]
        for name in names:
            metadata = secrets[name]["spec"]["target"]["template"].get("metadata", {})
            if metadata.get("labels", {}).get(label) != value:
                yield f"ExternalSecret {name}: its operator does not follow it without {label}={value}"


def _order(manifests: Manifests) -> Iterator[str]:
    (namespace,) = manifests.of("Namespace")
    for one in manifests.objects:
        if one is not namespace and _wave(one) <= _wave(namespace):
            yield f"Namespace: {one['kind']} {one['metadata']['name']} is to be made before it"
    secrets = manifests.named("ExternalSecret")
    for user in manifests.of("User"):
        name = user["spec"]["importCredentialsSecret"]["name"]
        if _wave(secrets[name]) >= _wave(user):
            yield f"User {user['metadata']['name']}: it is refused before {name} is there"


def _wave(one: Object) -> int:
    return int(one["metadata"].get("annotations", {}).get(WAVE, "0"))


def _broker(manifests: Manifests) -> Iterator[str]:
    (cluster,) = manifests.of("RabbitmqCluster")
    pod: Object = cluster["spec"]["override"]["statefulSet"]["spec"]["template"]["spec"]
    containers = {one["name"]: one for one in (*pod.get("initContainers", []), *pod["containers"])}
    for name in ("setup-container", "rabbitmq"):  # the operator's own, by their names
        confined = containers.get(name, {}).get("securityContext", {})
        if confined.get("allowPrivilegeEscalation") is not False or confined.get("capabilities") != {
            "drop": ["ALL"]
        }:
            yield f"RabbitmqCluster: the namespace would refuse its {name}"
    budget = manifests.named("PodDisruptionBudget").get(cluster["metadata"]["name"])
    if budget is None or budget["spec"]["selector"]["matchLabels"] != {NAME: cluster["metadata"]["name"]}:
        yield "RabbitmqCluster: a drain may take more than one node"


def _traces(manifests: Manifests) -> Iterator[str]:
    for collector in manifests.of("OpenTelemetryCollector"):
        spec = collector["spec"]
        if "tail_sampling" not in spec["config"]["processors"]:
            continue
        if spec["replicas"] != 1:
            yield f"OpenTelemetryCollector {collector['metadata']['name']}: each replica judges a part of a trace"
        distribution = spec.get("image", "").rpartition("/")[2].partition(":")[0]
        if not distribution.endswith(JUDGES_TRACES):
            yield (
                f"OpenTelemetryCollector {collector['metadata']['name']}: "
                f"{distribution or 'what its operator runs'} has no tail_sampling and ends at once"
            )
