"""Every rule is planted a defect in production, which it must name: a rule that cannot fail says nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from deploy_rules import environment, lifecycle, network, operators, pods, references, route, scaling, stores
from deploy_rules.manifests import Manifests, Workload

Defect = Callable[[Manifests], None]


def deployment(manifests: Manifests, name: str) -> Workload:
    return manifests.deployments()[name]


def container(manifests: Manifests, name: str) -> dict[str, Any]:
    found: dict[str, Any] = deployment(manifests, name).pod["containers"][0]
    return found


def config(manifests: Manifests, name: str) -> dict[str, str]:
    found: dict[str, str]
    (found,) = [
        one["data"] for one in manifests.of("ConfigMap") if one["metadata"]["name"].startswith(f"{name}-")
    ]
    return found  # the map itself, to be broken


def secret(manifests: Manifests, name: str) -> dict[str, Any]:
    found: dict[str, Any] = manifests.named("ExternalSecret")[name]["spec"]
    return found


def policy(manifests: Manifests, name: str) -> dict[str, Any]:
    found: dict[str, Any] = manifests.named("NetworkPolicy")[name]["spec"]
    return found


def a_variable_is_misspelt(manifests: Manifests) -> None:
    config(manifests, "billing")["AUTOCREA_BILLING_WELCOME_TOKEN"] = "5"


def a_needed_variable_is_gone(manifests: Manifests) -> None:
    del config(manifests, "artifacts")["AWS_S3_BUCKET"]


def the_issuer_is_not_https(manifests: Manifests) -> None:
    config(manifests, "gateway")["CLERK_ISSUER"] = "http://clerk.example.com"


def an_address_is_half_there(manifests: Manifests) -> None:
    template = secret(manifests, "billing")["target"]["template"]["data"]
    template["AUTOCREA_BILLING_DATABASE_URL"] = template["AUTOCREA_BILLING_DATABASE_URL"].partition("@")[0]


def any_address_is_believed(manifests: Manifests) -> None:
    config(manifests, "gateway")["FORWARDED_ALLOW_IPS"] = "*"


def a_port_moved(manifests: Manifests) -> None:
    container(manifests, "billing")["ports"][0]["containerPort"] = 8005


def a_probe_asks_elsewhere(manifests: Manifests) -> None:
    container(manifests, "billing")["readinessProbe"]["httpGet"]["path"] = "/healthz"


def a_selector_is_wrong(manifests: Manifests) -> None:
    manifests.named("Service")["artifacts"]["spec"]["selector"]["app.kubernetes.io/name"] = "artefacts"


def a_key_file_is_gone(manifests: Manifests) -> None:
    del secret(manifests, "llm-router-keys")["target"]["template"]["data"]["openai"]


def a_secret_file_is_gone(manifests: Manifests) -> None:
    del secret(manifests, "billing")["target"]["template"]["data"]["AUTOCREA_BILLING_BROKER_URL"]


def a_secret_is_gone(manifests: Manifests) -> None:
    secret(manifests, "topology")["target"]["template"]["data"] = {"OTHER": "x"}


def a_neighbour_moved(manifests: Manifests) -> None:
    config(manifests, "gateway")["AUTOCREA_GATEWAY_BILLING_URL"] = "http://billing:8004"


def a_password_is_somebody_elses(manifests: Manifests) -> None:
    secret(manifests, "billing-postgres")["data"][0]["remoteRef"]["key"] = "autocrea/gateway"


def a_fence_was_widened(manifests: Manifests) -> None:
    manifests.named("Permission")["billing"]["spec"]["permissions"]["write"] = ".*"


def a_cap_meets_our_own(manifests: Manifests) -> None:
    manifests.named("OperatorPolicy")["foreign-queues"]["spec"]["pattern"] = "^(?!billing)"


def a_database_is_somebody_elses(manifests: Manifests) -> None:
    manifests.named("Database")["billing"]["spec"]["owner"] = "gateway"


def the_grace_is_too_short(manifests: Manifests) -> None:
    deployment(manifests, "orchestrator").pod["terminationGracePeriodSeconds"] = 60


def an_autoscaler_too_many(manifests: Manifests) -> None:
    manifests.named("HorizontalPodAutoscaler")["gateway"]["spec"]["scaleTargetRef"]["name"] = "billing"


def a_signal_nobody_sends(manifests: Manifests) -> None:
    trigger = manifests.named("ScaledObject")["artifacts"]["spec"]["triggers"][0]["metadata"]
    trigger["query"] = trigger["query"].replace("package_generation", "pack_generation")


def more_pods_than_connections(manifests: Manifests) -> None:
    manifests.named("ScaledObject")["llm-router"]["spec"]["maxReplicaCount"] = 100


def a_pod_runs_as_root(manifests: Manifests) -> None:
    deployment(manifests, "gateway").pod["securityContext"]["runAsUser"] = 0


def an_image_is_named_by_a_tag(manifests: Manifests) -> None:
    container(manifests, "gateway")["image"] = "registry.example.com/autocrea/gateway:0.1.0"


def an_edge_is_open(manifests: Manifests) -> None:
    policy(manifests, "orchestrator")["egress"].append(policy(manifests, "billing")["egress"][-1])


def an_edge_is_closed_at_one_end(manifests: Manifests) -> None:
    policy(manifests, "billing")["ingress"][0]["from"].pop(0)


def nothing_is_denied(manifests: Manifests) -> None:
    policy(manifests, "default-deny")["policyTypes"] = ["Ingress"]


def streams_are_cut(manifests: Manifests) -> None:
    del manifests.named("HTTPRoute")["gateway"]["spec"]["rules"][0]["timeouts"]


def everybody_may_operate(manifests: Manifests) -> None:
    manifests.named("HTTPRoute")["gateway"]["spec"]["rules"][1]["matches"].pop(0)


def a_migration_is_forgotten(manifests: Manifests) -> None:
    manifests.named("Job")["migrate-billing-post"]["metadata"]["name"] = "migrate-billing"


def a_migration_is_of_the_other_phase(manifests: Manifests) -> None:
    job = manifests.named("Job")["migrate-billing-pre"]
    job["spec"]["template"]["spec"]["containers"][0]["args"] = ["migrate", "post"]


def a_migration_runs_beside_the_services(manifests: Manifests) -> None:
    notes = manifests.named("Job")["migrate-billing-pre"]["metadata"]["annotations"]
    notes["argocd.argoproj.io/sync-wave"] = "0"


def a_job_ends_before_its_tries_do(manifests: Manifests) -> None:
    manifests.named("Job")["migrate-billing-post"]["spec"]["activeDeadlineSeconds"] = 600


def a_job_has_no_account_yet(manifests: Manifests) -> None:
    manifests.named("ServiceAccount")["billing"]["metadata"]["annotations"][
        "argocd.argoproj.io/sync-wave"
    ] = "0"


def all_pods_are_on_one_node(manifests: Manifests) -> None:
    del deployment(manifests, "billing").pod["topologySpreadConstraints"][1]


def a_role_keeps_its_old_password(manifests: Manifests) -> None:
    del secret(manifests, "billing-postgres")["target"]["template"]["metadata"]


def a_broker_user_is_refused(manifests: Manifests) -> None:
    del secret(manifests, "topology-rabbitmq")["target"]["template"]["metadata"]


def a_broker_user_comes_before_its_secret(manifests: Manifests) -> None:
    manifests.named("User")["topology"]["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] = "-3"


def its_objects_come_before_the_namespace(manifests: Manifests) -> None:
    del manifests.named("Namespace")["autocrea"]["metadata"]["annotations"]


def one_instance_cannot_be_moved(manifests: Manifests) -> None:
    manifests.named("Cluster")["autocrea-postgres"]["spec"]["instances"] = 1


def the_brokers_pods_are_refused(manifests: Manifests) -> None:
    cluster = manifests.named("RabbitmqCluster")["autocrea-rabbitmq"]["spec"]
    cluster["override"]["statefulSet"]["spec"]["template"]["spec"]["containers"] = []


def a_drain_takes_the_broker(manifests: Manifests) -> None:
    manifests.named("PodDisruptionBudget")["autocrea-rabbitmq"]["metadata"]["name"] = "another"


def the_broker_is_alone(manifests: Manifests) -> None:
    manifests.named("RabbitmqCluster")["autocrea-rabbitmq"]["spec"]["replicas"] = 1


def the_broker_is_not_scraped(manifests: Manifests) -> None:
    manifests.named("PodMonitor")["autocrea-rabbitmq"]["spec"]["selector"]["matchLabels"] = {"a": "b"}


def a_streams_replicas_cannot_follow(manifests: Manifests) -> None:
    rules = policy(manifests, "rabbitmq")["egress"]
    rules[0]["ports"] = [port for port in rules[0]["ports"] if "endPort" not in port]


def no_measure_is_no_work(manifests: Manifests) -> None:
    del manifests.named("ScaledObject")["billing"]["spec"]["triggers"][0]["metadata"]["ignoreNullValues"]


def a_lost_prometheus_shrinks_a_service(manifests: Manifests) -> None:
    del manifests.named("ScaledObject")["llm-router"]["spec"]["fallback"]["behavior"]


def the_collector_cannot_judge(manifests: Manifests) -> None:
    del manifests.named("OpenTelemetryCollector")["autocrea-otel"]["spec"]["image"]


def traces_are_torn(manifests: Manifests) -> None:
    manifests.named("OpenTelemetryCollector")["autocrea-otel"]["spec"]["replicas"] = 2


@pytest.mark.parametrize(
    ("defect", "rule", "words"),
    [
        (a_variable_is_misspelt, environment, "billing does not read AUTOCREA_BILLING_WELCOME_TOKEN"),
        (a_needed_variable_is_gone, environment, "AWS_S3_BUCKET must be set"),
        (the_issuer_is_not_https, environment, "gateway refuses to start"),
        (an_address_is_half_there, environment, "billing refuses to start"),
        (a_port_moved, references, "it listens on 8003"),
        (a_probe_asks_elsewhere, references, "the readinessProbe asks /healthz"),
        (a_selector_is_wrong, references, "Service artifacts: it selects []"),
        (a_secret_file_is_gone, references, "names /etc/autocrea/secrets/AUTOCREA_BILLING_BROKER_URL"),
        (a_key_file_is_gone, references, "OPENAI_API_KEY_FILE names /etc/autocrea/keys/openai"),
        (a_secret_is_gone, references, "the secret topology has no key AUTOCREA_TOPOLOGY_BROKER_URL"),
        (a_neighbour_moved, references, "http://billing:8004, which nothing offers"),
        (
            a_password_is_somebody_elses,
            stores,
            "ExternalSecret billing: the role's password comes from elsewhere",
        ),
        (a_fence_was_widened, stores, "Permission billing: it is not what the table says"),
        (a_cap_meets_our_own, stores, "gateway.inbox is ours and would lose messages"),
        (a_database_is_somebody_elses, stores, "billing does not own the database billing"),
        (the_grace_is_too_short, lifecycle, "is killed after 60"),
        (an_autoscaler_too_many, scaling, "Deployment billing: two autoscalers"),
        (a_signal_nobody_sends, scaling, "artifacts has no work of kind pack_generation"),
        (more_pods_than_connections, scaling, "llm_router may open 909 connections"),
        (a_pod_runs_as_root, pods, "Deployment gateway: not kept: it runs as a numbered user"),
        (an_image_is_named_by_a_tag, pods, "is not named by its digest"),
        (a_migration_is_forgotten, lifecycle, "'migrate-billing', 'migrate-billing-post'"),
        (
            a_migration_is_of_the_other_phase,
            lifecycle,
            "Job migrate-billing-pre: it runs ['migrate', 'post']",
        ),
        (a_job_ends_before_its_tries_do, lifecycle, "tries take 630 s of waiting, and it ends after 600"),
        (a_migration_runs_beside_the_services, lifecycle, "Argo CD runs it beside the services"),
        (
            a_job_has_no_account_yet,
            lifecycle,
            "migrate-billing-pre: it waits for an account that is made after",
        ),
        (all_pods_are_on_one_node, pods, "Deployment billing: it is not spread over"),
        (a_role_keeps_its_old_password, operators, "ExternalSecret billing-postgres: its operator does not"),
        (a_broker_user_is_refused, operators, "ExternalSecret topology-rabbitmq: its operator does not"),
        (a_broker_user_comes_before_its_secret, operators, "User topology: it is refused before topology-"),
        (its_objects_come_before_the_namespace, operators, "ExternalSecret billing is to be made before it"),
        (one_instance_cannot_be_moved, operators, "the budget of its one instance holds up every drain"),
        (the_brokers_pods_are_refused, operators, "the namespace would refuse its rabbitmq"),
        (a_drain_takes_the_broker, operators, "a drain may take more than one node"),
        (the_broker_is_alone, operators, "not 3 nodes each"),
        (
            the_broker_is_not_scraped,
            operators,
            "nobody scrapes {'app.kubernetes.io/name': 'autocrea-rabbitmq'}",
        ),
        (
            a_streams_replicas_cannot_follow,
            network,
            "closed, though the architecture needs it: ('rabbitmq', 'rabbitmq', '6000-6500')",
        ),
        (no_measure_is_no_work, scaling, "billing: it takes a missing measure for no work"),
        (a_lost_prometheus_shrinks_a_service, scaling, "llm-router: without Prometheus it takes replicas"),
        (the_collector_cannot_judge, operators, "what its operator runs has no tail_sampling"),
        (traces_are_torn, operators, "each replica judges a part of a trace"),
        (an_edge_is_open, network, "open, though nothing needs it: ('orchestrator', 'internet', 443)"),
        (
            an_edge_is_closed_at_one_end,
            network,
            "closed, though the architecture needs it: ('gateway', 'billing', 8003)",
        ),
        (nothing_is_denied, network, "nothing denies"),
        (streams_are_cut, route, "/api/events is cut while it streams"),
        (any_address_is_believed, route, "it believes whatever address a client writes"),
        (everybody_may_operate, route, "everybody reaches /operator/jobs"),
    ],
    ids=lambda value: getattr(value, "__name__", "").rpartition(".")[2] or None,
)
def test_the_defect_is_named_when_it_is_planted(
    production: Manifests, defect: Defect, rule: Any, words: str
) -> None:
    planted = production.changed()
    defect(planted)
    assert any(words in sentence for sentence in rule.check(planted)), list(rule.check(planted))
