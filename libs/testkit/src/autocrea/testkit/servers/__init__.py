"""The real servers that one test run shares.

Each is found in the first of three ways: a URL in the environment (`named`); a process of ours on this machine; a
container, where the machine cannot run it as a process and has a Docker engine. The last two belong to a holder process
(`holder`), which whoever needs the server first starts and which ends when the run does (`held`).
"""

from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.testkit.servers import named
from autocrea.testkit.servers.held import endpoint_of


def postgres() -> PostgresEndpoint:
    """The run's PostgreSQL, as its superuser."""
    return named.postgres() or PostgresEndpoint(**endpoint_of("postgres"))


def rabbitmq() -> RabbitmqEndpoint:
    """The run's RabbitMQ, as its administrator; every service's user is there."""
    return named.rabbitmq() or RabbitmqEndpoint(**endpoint_of("rabbitmq"))


def s3() -> S3Endpoint:
    """The run's S3 server, with a bucket."""
    return named.s3() or S3Endpoint(**endpoint_of("s3"))
