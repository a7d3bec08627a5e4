"""What people reach: streams without an end, nothing of the operators'."""

from collections.abc import Iterator

from autocrea.gateway.entrypoints.api import create_app
from autocrea.gateway.main import Options

from deploy_rules.manifests import Manifests, Object

STREAMS = (
    "/api/events",
    "/api/generations/{generation_id}/events",
    "/api/generations/{generation_id}/archive",
)
NOT_FOR_PEOPLE = ("/operator/jobs", "/metrics", "/health/live", "/health/ready")


def check(manifests: Manifests) -> Iterator[str]:
    (route,) = manifests.of("HTTPRoute")
    served = set(create_app(Options(environment="production", version="0")).openapi()["paths"])
    for path in STREAMS:
        rule = _rule_for(route, path)
        if path not in served:
            yield f"HTTPRoute: the gateway has no {path} any more"
        if rule.get("timeouts", {}).get("request") != "0s":
            yield f"HTTPRoute: {path} is cut while it streams"
    for path in served:
        if "backendRefs" not in _rule_for(route, path):
            yield f"HTTPRoute: {path} does not reach the gateway"
    for path in NOT_FOR_PEOPLE:
        if "backendRefs" in _rule_for(route, path):
            yield f"HTTPRoute: everybody reaches {path}"
    if "*" in _config(manifests)["FORWARDED_ALLOW_IPS"]:
        yield "gateway: it believes whatever address a client writes"


def _config(manifests: Manifests) -> Object:
    maps = manifests.of("ConfigMap")
    return next(dict(one["data"]) for one in maps if one["metadata"]["name"].startswith("gateway-"))


def _rule_for(route: Object, path: str) -> Object:
    """As the Gateway API chooses: the longest prefix, whole elements."""
    found = [
        (len(match["path"]["value"]), rule)
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
        if f"{path}/".startswith(match["path"]["value"].rstrip("/") + "/")
    ]
    return dict(max(found, key=lambda one: one[0])[1]) if found else {}
