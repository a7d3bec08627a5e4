"""What a private RabbitMQ node reads: its settings, its definitions (users, vhosts, permissions), its
environment."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autocrea.cli.parts.ports import LOOPBACK
from autocrea.cli.parts.processes import quiet_environment, write_private
from autocrea.cli.parts.rabbitmq_programs import RabbitmqPrograms

NODE = "autocrea@localhost"
"""The same on every machine: the data folder's names contain it. Nodes do not meet, each has its own epmd."""


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """A user with the same permissions in every vhost (`vhosts=None`) or in those named. Permissions are
    RabbitMQ's patterns."""

    name: str
    password: str
    configure: str = ".*"
    write: str = ".*"
    read: str = ".*"
    tags: tuple[str, ...] = ()
    vhosts: tuple[str, ...] | None = None

    def permission(self, vhost: str) -> dict[str, str]:
        rights = {"configure": self.configure, "write": self.write, "read": self.read}
        return {"user": self.name, "vhost": vhost, **rights}


@dataclass(frozen=True, slots=True)
class NodePorts:
    """All on loopback. `management` is None when its plugin is off."""

    amqp: int
    management: int | None
    distribution: int
    epmd: int


def write_files(
    folder: Path,
    programs: RabbitmqPrograms,
    ports: NodePorts,
    users: Sequence[BrokerUser],
    vhosts: Sequence[str],
    advanced: str,
) -> None:
    """Everything the node reads at its start, into its folder. Definitions are applied at every start: a
    changed password takes effect."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    definitions = {
        "vhosts": [{"name": vhost} for vhost in vhosts],
        "users": [
            {
                "name": user.name,
                "password_hash": password_hash(user.password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": list(user.tags),
            }
            for user in users
        ],
        "permissions": [
            user.permission(vhost)
            for user in users
            for vhost in vhosts
            if user.vhosts is None or vhost in user.vhosts
        ],
    }
    write_private(folder / "definitions.json", json.dumps(definitions, indent=1))
    settings = {
        "listeners.tcp.1": f"{LOOPBACK}:{ports.amqp}",
        "load_definitions": programs.inside(folder / "definitions.json"),
        "log.file": programs.inside(folder / "rabbitmq.log"),
        "log.file.level": "info",
        "cluster_name": "autocrea",
        "loopback_users": "none",  # nothing but loopback is listened on
    }
    if ports.management:
        settings |= {"management.tcp.ip": LOOPBACK, "management.tcp.port": str(ports.management)}
    lines = [f"{name} = {value}\n" for name, value in settings.items()]
    write_private(folder / "rabbitmq.conf", "".join(lines))
    write_private(folder / "enabled_plugins", "[rabbitmq_management]." if ports.management else "[].")
    write_private(folder / "rabbitmq-env.conf", "")  # named, so that the machine's own is not read
    write_private(folder / "advanced.config", advanced)


def environment(folder: Path, programs: RabbitmqPrograms, ports: NodePorts) -> dict[str, str]:
    """The node's environment. Whatever is not named here, an installed RabbitMQ would take from the
    machine's own settings."""
    return quiet_environment(
        PATH=programs.path,
        HOME=programs.inside(folder),
        LC_ALL="C.UTF-8",
        RABBITMQ_NODENAME=NODE,
        RABBITMQ_NODE_IP_ADDRESS=LOOPBACK,
        RABBITMQ_NODE_PORT=str(ports.amqp),
        RABBITMQ_DIST_PORT=str(ports.distribution),
        ERL_EPMD_PORT=str(ports.epmd),
        ERL_EPMD_ADDRESS=LOOPBACK,
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}",
        RABBITMQ_MNESIA_BASE=programs.inside(folder / "data"),
        RABBITMQ_LOG_BASE=programs.inside(folder),
        RABBITMQ_CONFIG_FILE=programs.inside(folder / "rabbitmq.conf"),
        RABBITMQ_CONFIG_FILES=programs.inside(folder / "conf.d") + "/*.conf",
        RABBITMQ_ADVANCED_CONFIG_FILE=programs.inside(folder / "advanced.config"),
        RABBITMQ_CONF_ENV_FILE=programs.inside(folder / "rabbitmq-env.conf"),
        RABBITMQ_GENERATED_CONFIG_DIR=programs.inside(folder / "generated"),
        RABBITMQ_ENABLED_PLUGINS_FILE=programs.inside(folder / "enabled_plugins"),
        RABBITMQ_PID_FILE=programs.inside(folder / "rabbitmq.pid"),
        RUNNING_UNDER_SYSTEMD="true",  # makes the start script become the server instead of watching over it
    )


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256: base64(salt + sha256(salt + password)), salt of four bytes."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
