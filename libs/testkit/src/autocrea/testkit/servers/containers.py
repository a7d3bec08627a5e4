"""Servers as containers: the last way, for a machine that cannot run one as a process and has a Docker engine.

`testcontainers` watches over them with a container of its own, so that they end even when their holder is killed.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.testkit.objects import create_bucket
from autocrea.testkit.servers.local import FRESH_NUMBERS
from autocrea.testkit.vhosts import Management
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import get_docker_host
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

POSTGRES_IMAGE = "postgres:18"
RABBITMQ_IMAGE = "rabbitmq:4-management"
S3_IMAGE = "rclone/rclone:1.75"
"""The versions that run as processes here, or what follows them: RabbitMQ 4 is tested on its own as well."""

START_SECONDS = 120
"""RabbitMQ takes ten of them; fetching the images comes before and has Docker's own time limits."""

DEFAULT_SOCKET = Path("/var/run/docker.sock")
USER = "autocrea"
BUCKET = "autocrea-artifacts"

E = TypeVar("E", PostgresEndpoint, RabbitmqEndpoint, S3Endpoint)


def engine_is_there() -> bool:
    """Whether this machine names a Docker engine, by DOCKER_HOST, a context, or the usual socket."""
    return get_docker_host() is not None or DEFAULT_SOCKET.exists()


@dataclass(frozen=True, slots=True)
class ContainerServer(Generic[E]):
    """A container with the two verbs of the local parts. `found` says where it is and completes it."""

    container: DockerContainer
    found: Callable[[DockerContainer], Awaitable[E]]

    async def start(self) -> E:
        """Fetch the image if need be, start, wait until it says that it is ready."""
        await asyncio.to_thread(self.container.start)
        try:
            return await self.found(self.container)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        await asyncio.to_thread(self.container.stop)


def container_of(
    name: str,
) -> ContainerServer[PostgresEndpoint] | ContainerServer[RabbitmqEndpoint] | ContainerServer[S3Endpoint]:
    """The server of this name, not started yet."""
    if name == "postgres":
        return _postgres(secrets.token_urlsafe(24))
    if name == "s3":
        return _s3(secrets.token_hex(8), secrets.token_hex(24))
    return _rabbitmq(secrets.token_urlsafe(24))


def _postgres(password: str) -> ContainerServer[PostgresEndpoint]:
    container = (
        DockerContainer(POSTGRES_IMAGE)
        .with_env("POSTGRES_PASSWORD", password)
        .with_command(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300"])
        .with_exposed_ports(5432)
        # The first time by the server that makes the cluster and is not reachable from outside.
        .waiting_for(_says("database system is ready to accept connections", times=2))
    )

    async def found(running: DockerContainer) -> PostgresEndpoint:
        return PostgresEndpoint(_port(running, 5432), password, host=running.get_container_host_ip())

    return ContainerServer(container, found)


def _rabbitmq(password: str) -> ContainerServer[RabbitmqEndpoint]:
    container = (
        DockerContainer(RABBITMQ_IMAGE)
        .with_env("RABBITMQ_DEFAULT_USER", USER)
        .with_env("RABBITMQ_DEFAULT_PASS", password)
        .with_copy_into_container(FRESH_NUMBERS.encode(), "/etc/rabbitmq/advanced.config", 0o644)
        .with_exposed_ports(5672, 15672)
        .waiting_for(_says("Server startup complete"))
    )

    async def found(running: DockerContainer) -> RabbitmqEndpoint:
        host = running.get_container_host_ip()
        ports = _port(running, 5672), _port(running, 15672)
        endpoint = RabbitmqEndpoint(*ports, password, vhost="/", user=USER, host=host)
        await asyncio.to_thread(Management(endpoint).create_users)
        return endpoint

    return ContainerServer(container, found)


def _s3(key_id: str, secret: str) -> ContainerServer[S3Endpoint]:
    container = (
        DockerContainer(S3_IMAGE)
        .with_env("RCLONE_AUTH_KEY", f'"{key_id},{secret}"')
        .with_command(["serve", "s3", "--addr", ":8080", "/data"])
        .with_exposed_ports(8080)
        .waiting_for(_says("Starting s3 server"))
    )

    async def found(running: DockerContainer) -> S3Endpoint:
        host = running.get_container_host_ip()
        endpoint = S3Endpoint(_port(running, 8080), key_id, secret, BUCKET, host=host)
        await create_bucket(endpoint, BUCKET)
        return endpoint

    return ContainerServer(container, found)


def _says(line: str, *, times: int = 1) -> LogMessageWaitStrategy:
    return LogMessageWaitStrategy(line, times=times).with_startup_timeout(START_SECONDS)


def _port(running: DockerContainer, port: int) -> int:
    return int(running.get_exposed_port(port))
