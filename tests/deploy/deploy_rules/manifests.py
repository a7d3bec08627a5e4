"""An overlay as kustomize renders it, and the questions that every rule asks."""

import copy
import importlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from autocrea.chassis.settings import ServiceSettings
from autocrea.contracts.message import Service

ROOT = Path(__file__).parents[3]
OVERLAYS = ("dev", "staging", "prod")
WHOLE = "whole"
"""Production with every optional component, which no overlay has."""
SERVICES = tuple(service.value for service in Service)
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"

Object = dict[str, Any]


@dataclass(frozen=True)
class Workload:
    """A Deployment or Job: whatever starts pods of ours."""

    object: Object

    @property
    def title(self) -> str:
        return f"{self.object['kind']} {self.object['metadata']['name']}"

    @property
    def labels(self) -> Mapping[str, str]:
        labels: Mapping[str, str] = self.object["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def pod(self) -> Object:
        spec: Object = self.object["spec"]["template"]["spec"]
        return spec

    @property
    def container(self) -> Object:
        (container,) = self.pod["containers"]
        return dict(container)

    @property
    def service(self) -> str | None:
        """Whose code runs in it, when it is one of the five."""
        image = self.container["image"].partition("@")[0].rpartition("/")[2].partition(":")[0]
        return image if image in SERVICES else None


@dataclass(frozen=True)
class Manifests:
    """All objects of one overlay."""

    overlay: str
    objects: tuple[Object, ...]

    def of(self, *kinds: str) -> Iterator[Object]:
        return (one for one in self.objects if one["kind"] in kinds)

    def named(self, kind: str) -> dict[str, Object]:
        return {one["metadata"]["name"]: one for one in self.of(kind)}

    def workloads(self) -> Iterator[Workload]:
        return map(Workload, self.of("Deployment", "Job"))

    def deployments(self) -> dict[str, Workload]:
        """The five services' own."""
        return {name: Workload(one) for name, one in self.named("Deployment").items() if name in SERVICES}

    def secret_keys(self) -> dict[str, set[str]]:
        """The keys of every secret that something makes."""
        made = {
            one["spec"]["target"]["name"]: set(one["spec"]["target"]["template"]["data"])
            for one in self.of("ExternalSecret")
        }
        made |= {f"{name}-ca": {"ca.crt"} for name in self.named("Cluster")}  # by the database's operator
        return made

    def environment(self, workload: Workload) -> dict[str, str]:
        """What a container finds: values where a file says them, the secret's template where not."""
        found: dict[str, str] = {}
        maps, secrets = self.named("ConfigMap"), self.named("ExternalSecret")
        for source in workload.container.get("envFrom", []):
            if "configMapRef" in source:
                found |= maps[source["configMapRef"]["name"]]["data"]
            else:
                found |= secrets[source["secretRef"]["name"]]["spec"]["target"]["template"]["data"]
        for entry in workload.container.get("env", []):
            found[entry["name"]] = entry.get("value", "")
        return found

    def files(self, workload: Workload) -> dict[str, str]:
        """What is in each file of a mounted secret: its template."""
        secrets = self.named("ExternalSecret")
        volumes = {
            volume["name"]: volume.get("secret", {}).get("secretName") for volume in workload.pod["volumes"]
        }
        return {
            f"{mount['mountPath']}/{key}": text
            for mount in workload.container["volumeMounts"]
            if volumes[mount["name"]] in secrets
            for key, text in secrets[volumes[mount["name"]]]["spec"]["target"]["template"]["data"].items()
        }

    def changed(self) -> "Manifests":
        """A copy that may be broken."""
        return Manifests(self.overlay, copy.deepcopy(self.objects))


@cache
def render(overlay: str) -> Manifests:
    """What `kubectl apply -k` would send."""
    kubectl = Path(sys.executable).with_name("kubectl")
    folder = ROOT / "tests" / "deploy" if overlay == WHOLE else ROOT / "deploy" / "k8s" / "overlays"
    argv = [str(kubectl), "kustomize", str(folder / overlay)]
    text = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout
    return Manifests(overlay, tuple(one for one in yaml.safe_load_all(text) if one))


def settings_of(service: str) -> type[ServiceSettings]:
    module = importlib.import_module(f"autocrea.{service.replace('-', '_')}.settings")
    found: type[ServiceSettings] = module.Settings
    return found


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector selects; only the form with `matchLabels` is used here."""
    assert set(selector) <= {"matchLabels"}, selector
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
