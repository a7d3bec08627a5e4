"""Servers as processes on this machine, set up for tests: the same parts that `autocrea up` starts."""

from pathlib import Path

from autocrea.cli.parts import S3, BrokerUser, Postgres, RabbitMQ
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.servers.run import cache_folder
from autocrea.testkit.vhosts import service_password

FRESH_NUMBERS = """
[{rabbit, [{quorum_tick_interval, 200}]},
 {rabbitmq_management_agent,
  [{sample_retention_policies, [{global, [{60, 1}]}, {basic, [{60, 1}]}, {detailed, [{10, 1}]}]}]}].
"""
"""A test that waits until a queue is empty asks the management API, which is five seconds behind by default. With this
the lengths of queues are 0.2 s old at most, the list of connections one second."""


def local_part(name: str, folder: Path) -> Postgres | RabbitMQ | S3:
    """The server of this name, with its data in the folder."""
    if name == "postgres":
        return Postgres(folder, durable=False)
    if name == "s3":
        return S3(folder)
    return local_rabbitmq(folder)


def local_rabbitmq(folder: Path) -> RabbitMQ:
    """A broker with every service's user."""
    users = [
        BrokerUser(user.name, service_password(user.name), user.configure, user.write, user.read)
        for user in TOPOLOGY.users
    ]
    return RabbitMQ(folder, cache=cache_folder().parent / "cache", users=users, advanced=FRESH_NUMBERS)
