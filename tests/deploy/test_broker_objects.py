"""A real broker takes what its operators would give it, and does with it what it is there for."""

import asyncio
import os
import shutil
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from autocrea.chassis import topology
from autocrea.cli.parts import RabbitmqEndpoint
from autocrea.cli.parts.rabbitmq import RabbitMQ
from autocrea.cli.parts.rabbitmq_programs import ROOT_VARIABLE, find_programs
from autocrea.cli.stack.state import find_state
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.generate.broker import VHOST
from autocrea.testkit.vhosts import Management
from autocrea.testkit.waiting import eventually
from deploy_rules.manifests import Manifests, Object

FOREIGN = "analytics.orders"
OF_THE_OPERATOR = """
disk_free_limit.absolute = 2GB
cluster_partition_handling = pause_minority
"""
"""What the cluster operator writes before our settings, its discovery of other pods aside."""


@pytest.fixture
def vhost(rabbitmq: RabbitmqEndpoint) -> str:
    return f"objects_{uuid4().hex[:12]}"


async def test_policies_meet_the_queues_they_are_for_when_a_broker_has_them(
    rabbitmq: RabbitmqEndpoint, vhost: str, production: Manifests
) -> None:
    management = Management(rabbitmq)
    await asyncio.to_thread(_apply, management, vhost, production)
    try:
        await topology.apply(rabbitmq.url(vhost), TOPOLOGY)
        management.request("PUT", f"/api/queues/{vhost}/{FOREIGN}", {"durable": True})

        def queues() -> dict[str, Object]:
            found = management.request("GET", f"/api/queues/{vhost}")
            return {one["name"]: one for one in found}

        await eventually(lambda: queues()[FOREIGN].get("operator_policy") == "foreign-queues")
        (cap,) = [one["spec"]["definition"] for one in production.of("OperatorPolicy")]
        for name, queue in queues().items():
            if queue["type"] == "quorum":
                assert queue["policy"] == "leaders"
            capped = cap.items() <= queue.get("effective_policy_definition", {}).items()
            assert capped == (name == FOREIGN), queue
    finally:
        management.delete_vhost(vhost)


def _apply(management: Management, vhost: str, manifests: Manifests) -> None:
    management.create_vhost(vhost)
    for kind, path in (("Policy", "policies"), ("OperatorPolicy", "operator-policies")):
        for one in manifests.of(kind):
            spec = one["spec"]
            body = {"pattern": spec["pattern"], "apply-to": spec["applyTo"], "definition": spec["definition"]}
            management.request("PUT", f"/api/{path}/{vhost}/{quote(spec['name'], safe='')}", body)
    for one in manifests.of("Permission"):
        spec = one["spec"]
        if spec["userReference"]["name"] in {user.name for user in TOPOLOGY.users}:
            user = quote(spec["userReference"]["name"], safe="")
            management.request("PUT", f"/api/permissions/{vhost}/{user}", spec["permissions"])


@pytest.mark.skipif(ROOT_VARIABLE not in os.environ, reason="of RabbitMQ 4: make test-rabbitmq4")
async def test_a_node_starts_when_it_has_the_settings_of_its_object(
    production: Manifests, tmp_path: Path
) -> None:
    (cluster,) = production.of("RabbitmqCluster")
    programs = await find_programs(find_state().cache, announce=lambda _: None)
    node = RabbitMQ(tmp_path / "rabbitmq", programs=programs, vhosts=(VHOST,))
    settings = programs.home(node.folder) / "conf.d"
    settings.mkdir(parents=True)
    (settings / "10-operatorDefaults.conf").write_text(OF_THE_OPERATOR)
    (settings / "90-userDefinedConfiguration.conf").write_text(
        cluster["spec"]["rabbitmq"]["additionalConfig"]
    )
    log = programs.home(node.folder) / "rabbitmq.log"
    try:
        await node.start()
        await eventually(
            lambda: "Disk free limit set to 4000MB" in log.read_text(), what="our setting, of the node itself"
        )
    finally:
        await node.stop()
        shutil.rmtree(programs.home(node.folder))
