"""The servers that a stack on one machine is made of, each usable on its own: `await
Postgres(folder).start()`."""

from autocrea.cli.parts.postgres import Postgres, PostgresEndpoint
from autocrea.cli.parts.rabbitmq import RabbitMQ, RabbitmqEndpoint
from autocrea.cli.parts.rabbitmq_files import BrokerUser
from autocrea.cli.parts.rabbitmq_programs import RabbitmqPrograms
from autocrea.cli.parts.s3 import S3, S3Endpoint

__all__ = [
    "S3",
    "BrokerUser",
    "Postgres",
    "PostgresEndpoint",
    "RabbitMQ",
    "RabbitmqEndpoint",
    "RabbitmqPrograms",
    "S3Endpoint",
]
