"""Alert rules as Prometheus reads them, and what each fires on and stays silent on: `deploy/observability/alerts`."""

import asyncio
import subprocess
from pathlib import Path

import yaml
from autocrea.testkit.prometheus import find_prometheus

ALERTS = Path(__file__).parent / "observability" / "alerts"
EVALUATED_EVERY = "1m"


def check(rendered: Path, folder: Path) -> bool:
    """The rules of what kustomize rendered. What is wrong is printed. Raises NotHere."""
    promtool = asyncio.run(find_prometheus()).promtool
    rules = folder / "rules.yaml"
    objects = [one for one in yaml.safe_load_all(rendered.read_text("utf-8")) if one]
    groups = [g for one in objects if one["kind"] == "PrometheusRule" for g in one["spec"]["groups"]]
    rules.write_text(yaml.safe_dump({"groups": groups}))
    tests = [_written(path, rules, folder) for path in sorted(ALERTS.glob("*.yaml"))]
    sound = _run([str(promtool), "check", "rules", str(rules)])
    return sound and _run([str(promtool), "test", "rules", *map(str, tests)])


def _written(path: Path, rules: Path, folder: Path) -> Path:
    """As promtool wants it: with the rules that it is about."""
    target = folder / f"alert-{path.name}"
    tests = yaml.safe_load(path.read_text("utf-8"))
    target.write_text(
        yaml.safe_dump({"rule_files": [rules.name], "evaluation_interval": EVALUATED_EVERY, **tests})
    )
    return target


def _run(argv: list[str]) -> bool:
    ended = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ended.returncode != 0:
        print(ended.stdout)
    return ended.returncode == 0
