"""Alerts and dashboards: every alert has its page, every objective two alerts, and all of it is installed."""

import pytest
from deploy_rules.manifests import ROOT, Manifests
from deploy_rules.watched import OBSERVABILITY, expressions, rules

ALERTS = [(file, rule) for file, rule in rules() if "alert" in rule]
SEVERITIES = {"critical", "warning"}


@pytest.mark.parametrize(("file", "rule"), ALERTS, ids=[str(rule["alert"]) for _, rule in ALERTS])
def test_an_alert_has_a_page_that_names_it_when_it_wakes_somebody(file: str, rule: dict[str, object]) -> None:
    notes, labels = rule["annotations"], rule["labels"]
    assert isinstance(notes, dict)
    assert isinstance(labels, dict)
    page = ROOT / notes["runbook"]
    assert page.is_file(), f"{file}: there is no {notes['runbook']}"
    assert f"`{rule['alert']}`" in page.read_text("utf-8"), (
        f"{notes['runbook']} does not name {rule['alert']}"
    )
    assert labels["severity"] in SEVERITIES
    assert notes["summary"]


def test_every_objective_is_recorded_and_watched_in_two_speeds_when_it_is_stated() -> None:
    recorded: dict[str, set[str]] = {}
    for _, rule in rules():
        if "record" in rule:
            labels = rule["labels"]
            assert isinstance(labels, dict)
            recorded.setdefault(labels["slo"], set()).add(str(rule["record"]).rpartition("ratio_rate")[2])
    assert recorded.keys() == {"accept", "first_files", "generations", "feeds"}
    for objective, windows in recorded.items():
        assert windows == {"5m", "30m", "1h", "6h"}
        watching = [str(rule["expr"]) for _, rule in ALERTS if f'slo="{objective}"' in str(rule["expr"])]
        assert len(watching) == 2
        for expression in watching:
            for window in expression.split("ratio_rate")[1:]:
                assert window.partition("{")[0] in windows


def test_all_rules_and_dashboards_are_installed_when_production_is_rendered(production: Manifests) -> None:
    installed = {one["metadata"]["name"] for one in production.of("PrometheusRule")}
    assert installed == {f"autocrea-{path.stem}" for path in (OBSERVABILITY / "rules").glob("*.yaml")}
    (dashboards,) = [
        one["data"]
        for one in production.of("ConfigMap")
        if one["metadata"].get("labels", {}).get("grafana_dashboard")
    ]
    assert dashboards.keys() == {path.name for path in (OBSERVABILITY / "dashboards").glob("*.json")}


def test_braces_and_brackets_are_closed_when_an_expression_is_read() -> None:
    for asked in expressions():
        for opening, closing in ("()", "{}", "[]"):
            assert asked.expression.count(opening) == asked.expression.count(closing), asked.place
