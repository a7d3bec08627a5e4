"""What rules and dashboards ask for: their expressions, and the metrics and labels named in them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from deploy_rules.manifests import ROOT, Object

OBSERVABILITY = ROOT / "deploy" / "observability"
METRIC = re.compile(r"\b((?:autocrea|gen_ai)_[a-z_]+)(?:\{([^}]*)\})?")
BY = re.compile(r"\bby \(([^)]*)\)")
LABEL = re.compile(r'(\w+)\s*[=!]~?\s*"')
ADDED_BY_SCRAPING = {"service", "namespace", "le"}


@dataclass(frozen=True)
class Asked:
    """An expression and where it stands."""

    place: str
    expression: str

    def metrics(self) -> Iterator[tuple[str, set[str]]]:
        """Each metric of ours with the labels that choose and group its series."""
        grouped = {label.strip() for group in BY.findall(self.expression) for label in group.split(",")}
        for name, chosen in METRIC.findall(BY.sub("", self.expression)):
            yield name, (grouped | set(LABEL.findall(chosen))) - ADDED_BY_SCRAPING


def groups() -> Iterator[tuple[str, Object]]:
    """Every group of rules, as Prometheus itself reads them, with its file's name."""
    for path in sorted((OBSERVABILITY / "rules").glob("*.yaml")):
        for group in yaml.safe_load(path.read_text())["spec"]["groups"]:
            yield path.name, group


def rules() -> Iterator[tuple[str, Object]]:
    """Every rule of every file, with the file's name."""
    for file, group in groups():
        for rule in group["rules"]:
            yield file, rule


def expressions() -> Iterator[Asked]:
    for file, rule in rules():
        yield Asked(f"{file}: {rule.get('alert') or rule['record']}", str(rule["expr"]))
    yield from panels()


def panels() -> Iterator[Asked]:
    for path in sorted((OBSERVABILITY / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield Asked(f"{path.name}: {panel['title']}", target["expr"])
