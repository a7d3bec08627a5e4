"""Who may do what at the broker, from the contracts' table: the operator's objects, and definitions for containers."""

import base64
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from autocrea.contracts.topology import PROGRESS_QUEUE_PREFIX, TOPOLOGY, User

VHOST = "autocrea"
TOPOLOGY_USER = User("topology", ".*", ".*", ".*")
"""Declares the table; no process that runs all day has its rights."""
DEVELOPMENT_PASSWORD = "autocrea"
SALT = b"\0\1\2\3"
"""RabbitMQ's four bytes. Fixed, so that the file stays the same; the password is no secret."""

_HEAD = "# Generated from autocrea.contracts.topology by `make generate`.\n"
_USER = """apiVersion: rabbitmq.com/v1beta1
kind: User
metadata:
  name: {name}
spec:
  rabbitmqClusterReference: {{name: autocrea-rabbitmq}}
  importCredentialsSecret: {{name: {name}-rabbitmq}}
---
apiVersion: rabbitmq.com/v1beta1
kind: Permission
metadata:
  name: {name}
spec:
  rabbitmqClusterReference: {{name: autocrea-rabbitmq}}
  vhost: {vhost}
  userReference: {{name: {name}}}
  permissions:
    configure: {configure}
    write: {write}
    read: {read}
"""

_POLICIES = """---
apiVersion: rabbitmq.com/v1beta1
kind: Policy
metadata:
  name: leaders
spec: # spread over the nodes, whichever of them a queue was declared through
  rabbitmqClusterReference: {{name: autocrea-rabbitmq}}
  vhost: {vhost}
  name: leaders
  pattern: ".*"
  applyTo: queues
  definition: {{queue-leader-locator: balanced}}
---
apiVersion: rabbitmq.com/v1beta1
kind: OperatorPolicy
metadata:
  name: foreign-queues
spec: # what is not ours loses its oldest messages before it fills the broker
  rabbitmqClusterReference: {{name: autocrea-rabbitmq}}
  vhost: {vhost}
  name: foreign-queues
  pattern: {foreign}
  applyTo: queues
  definition: {{max-length: {messages}, max-length-bytes: {size}}}
"""
FOREIGN_MESSAGES_MAX = 1_000_000
FOREIGN_BYTES_MAX = 1024**3
"""A subscriber that was away for some hours; more is read again from the history."""


def files() -> dict[Path, str]:
    """Paths from the root of the checkout."""
    return {
        Path("deploy/k8s/components/rabbitmq/users.yaml"): _HEAD
        + "---\n".join(map(_objects, users()))
        + _policies(),
        Path("deploy/compose/rabbitmq.json"): json.dumps(_definitions(), indent=1) + "\n",
    }


def users() -> Iterator[User]:
    """The services' of the table, and the one who applies it."""
    yield from TOPOLOGY.users
    yield TOPOLOGY_USER


def _objects(user: User) -> str:
    return _USER.format(
        name=user.name,
        vhost=VHOST,
        configure=json.dumps(user.configure),
        write=json.dumps(user.write),
        read=json.dumps(user.read),
    )


def _policies() -> str:
    ours = [*(re.escape(queue.name) + "$" for queue in TOPOLOGY.queues), re.escape(PROGRESS_QUEUE_PREFIX)]
    return _POLICIES.format(
        vhost=VHOST,
        foreign=json.dumps(f"^(?!{'|'.join(ours)})"),
        messages=FOREIGN_MESSAGES_MAX,
        size=FOREIGN_BYTES_MAX,
    )


def _definitions() -> dict[str, object]:
    hashed = base64.b64encode(SALT + sha256(SALT + DEVELOPMENT_PASSWORD.encode()).digest()).decode()
    return {
        "vhosts": [{"name": VHOST, "default_queue_type": "quorum"}],
        "users": [
            {
                "name": user.name,
                "password_hash": hashed,
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for user in users()
        ],
        "permissions": [
            {
                "user": user.name,
                "vhost": VHOST,
                "configure": user.configure,
                "write": user.write,
                "read": user.read,
            }
            for user in users()
        ],
    }
