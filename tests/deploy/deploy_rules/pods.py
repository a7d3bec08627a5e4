"""Pods keep the restricted profile and more; images are what was tested."""

import re
from collections.abc import Iterator

from deploy_rules.manifests import NAME, Manifests, Workload, matches

RESTRICTED_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
MODES = ("enforce", "audit", "warn")
SPREAD_OVER = {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def check(manifests: Manifests) -> Iterator[str]:
    (namespace,) = manifests.of("Namespace")
    for mode in MODES:
        if namespace["metadata"]["labels"].get(f"pod-security.kubernetes.io/{mode}") != "restricted":
            yield f"Namespace: it does not {mode} the restricted profile"
    for account in manifests.of("ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"ServiceAccount {account['metadata']['name']}: its token is mounted"
    for workload in manifests.deployments().values():
        yield from _spread(workload)
    for workload in manifests.workloads():
        yield from _restricted(workload)
        image = workload.container["image"]
        if manifests.overlay == "prod" and not DIGEST.search(image):
            yield f"{workload.title}: {image} is not named by its digest"
        if image.endswith(":latest") or ("@" not in image and ":" not in image.rpartition("/")[2]):
            yield f"{workload.title}: {image} is whatever was pushed last"


def _spread(workload: Workload) -> Iterator[str]:
    constraints = workload.pod.get("topologySpreadConstraints", [])
    if {one["topologyKey"] for one in constraints} != SPREAD_OVER:
        yield f"{workload.title}: it is not spread over {sorted(SPREAD_OVER)}"
    for one in constraints:
        if not matches(one["labelSelector"], workload.labels) or NAME not in one["matchLabelKeys"]:
            yield f"{workload.title}: it is spread by the labels of others"


def _restricted(workload: Workload) -> Iterator[str]:
    pod, container = workload.pod, workload.container
    own, inner = pod.get("securityContext", {}), container.get("securityContext", {})
    wanted = {
        "it runs as a numbered user": own.get("runAsNonRoot") is True and own.get("runAsUser", 0) > 0,
        "seccomp": own.get("seccompProfile") == {"type": "RuntimeDefault"},
        "no escalation": inner.get("allowPrivilegeEscalation") is False and not inner.get("privileged"),
        "no capabilities": inner.get("capabilities") == {"drop": ["ALL"]},
        "a read-only root": inner.get("readOnlyRootFilesystem") is True,
        "nothing of the host's": not any(pod.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")),
        "no token": pod.get("automountServiceAccountToken") is False,
        "no foreign service links": pod.get("enableServiceLinks") is False,
        "a memory limit": "memory" in container["resources"]["limits"],
        "requests": {"cpu", "memory"} <= container["resources"]["requests"].keys(),
        "volumes of the profile": all(
            len(volume.keys() - {"name"} - RESTRICTED_VOLUMES) == 0 for volume in pod["volumes"]
        ),
    }
    for what, kept in wanted.items():
        if not kept:
            yield f"{workload.title}: not kept: {what}"
