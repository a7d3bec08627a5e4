"""Databases, roles, broker users and their passwords fit: what a service connects with is what the operators make."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from autocrea.contracts.topology import TOPOLOGY, User, progress_queue
from autocrea.testkit.generate.broker import TOPOLOGY_USER, VHOST

from deploy_rules.manifests import Manifests, Object

USERNAME = re.compile(r"^[a-z_-]+$")


def check(manifests: Manifests) -> Iterator[str]:
    yield from _databases(manifests)
    yield from _users(manifests)


def _databases(manifests: Manifests) -> Iterator[str]:
    (cluster,) = manifests.of("Cluster")
    host = f"{cluster['metadata']['name']}-rw"
    roles = {role["name"]: role for role in cluster["spec"]["managed"]["roles"]}
    databases = {one["spec"]["name"]: one["spec"]["owner"] for one in manifests.of("Database")}
    secrets = manifests.named("ExternalSecret")
    for service in manifests.deployments():
        variable = f"AUTOCREA_{service.upper().replace('-', '_')}_DATABASE_URL"
        url = _address(secrets[service], variable)
        role, database = url.username or "", url.path.strip("/")
        if url.hostname != host or "sslmode=verify-full" not in url.query:
            yield f"ExternalSecret {service}: the database is not {host} with its certificate verified"
        if databases.get(database) != role:
            yield f"ExternalSecret {service}: {role} does not own the database {database}"
        if role not in roles:
            yield f"Cluster: no role {role}"
            continue
        credentials = secrets[roles[role]["passwordSecret"]["name"]]
        if _template(credentials)["username"] != role:
            yield f"ExternalSecret {credentials['metadata']['name']}: it is not {role}'s"
        if _source(credentials, "password") != _source(secrets[service], "database_password"):
            yield f"ExternalSecret {service}: the role's password comes from elsewhere"
    if len(databases) != len(manifests.deployments()) or len(roles) != len(databases):
        yield f"Cluster: {len(roles)} roles and {len(databases)} databases for {len(manifests.deployments())} services"


def _users(manifests: Manifests) -> Iterator[str]:
    (cluster,) = manifests.of("RabbitmqCluster")
    wanted = {user.name: user for user in (*TOPOLOGY.users, TOPOLOGY_USER)}
    permissions = {one["spec"]["userReference"]["name"]: one["spec"] for one in manifests.of("Permission")}
    users, secrets = manifests.named("User"), manifests.named("ExternalSecret")
    if users.keys() != wanted.keys() or permissions.keys() != wanted.keys():
        yield f"User: {sorted(users)} with permissions of {sorted(permissions)}, the table has {sorted(wanted)}"
        return
    for name, user in wanted.items():
        if permissions[name]["vhost"] != VHOST or permissions[name]["permissions"] != _fences(user):
            yield f"Permission {name}: it is not what the table says"
        credentials = secrets[users[name]["spec"]["importCredentialsSecret"]["name"]]
        if _template(credentials)["username"] != name:
            yield f"ExternalSecret {credentials['metadata']['name']}: it is not {name}'s"
        prefix = name.upper().replace("-", "_")
        url = _address(secrets[name], f"AUTOCREA_{prefix}_BROKER_URL")
        if (url.username, url.hostname, url.port, unquote(url.path)) != (
            name, cluster["metadata"]["name"], 5672, f"/{VHOST}",
        ):  # fmt: skip
            yield f"ExternalSecret {name}: its broker is {url.hostname}:{url.port}{url.path} as {url.username}"
        own = "topology_password" if name == TOPOLOGY_USER.name else "broker_password"
        if _source(credentials, "password") != _source(secrets[name], own):
            yield f"ExternalSecret {name}: the broker user's password comes from elsewhere"
    (foreign,) = [re.compile(one["spec"]["pattern"]) for one in manifests.of("OperatorPolicy")]
    for queue in (*(queue.name for queue in TOPOLOGY.queues), progress_queue("a-replica")):
        if foreign.search(queue):
            yield f"OperatorPolicy: {queue} is ours and would lose messages"
    if not foreign.search("analytics.orders") or not foreign.search("billing.inbox.copy"):
        yield "OperatorPolicy: a queue that is not ours has no cap"
    if VHOST not in {one["spec"]["name"] for one in manifests.of("Vhost")}:
        yield f"Vhost: no {VHOST}"


def _fences(user: User) -> dict[str, str]:
    return {"configure": user.configure, "write": user.write, "read": user.read}


def _template(secret: Object) -> dict[str, str]:
    data: dict[str, str] = secret["spec"]["target"]["template"]["data"]
    return data


def _address(secret: Object, variable: str):  # type: ignore[no-untyped-def] # the standard library's own result
    return urlsplit(re.sub(r"\{\{[^}]*\}\}", "secret", _template(secret)[variable]))


def _source(secret: Object, key: str) -> tuple[str, str]:
    (entry,) = [one["remoteRef"] for one in secret["spec"]["data"] if one["secretKey"] == key]
    return entry["key"], entry["property"]
