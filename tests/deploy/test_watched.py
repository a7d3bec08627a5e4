"""Alerts and dashboards: every alert has its page, every objective two alerts, and all of it is installed."""

import pytest
import yaml
from deploy_rules.manifests import ROOT, Manifests
from deploy_rules.queries import faults
from deploy_rules.watched import OBSERVABILITY, expressions, rules

ALERTS = [(file, rule) for file, rule in rules() if "alert" in rule]
ALERT_TESTS = OBSERVABILITY / "alerts"
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
            recorded.setdefault(labels["slo"], set()).add(
                str(rule["record"]).removeprefix("autocrea:slo_errors:")
            )
    assert recorded.keys() == {"accept", "first_files", "generations", "feeds"}
    for objective, windows in recorded.items():
        assert windows == {"ratio_rate5m", "ratio_rate30m", "ratio_rate1h", "ratio_rate6h", "increase1h"}
        watching = [str(rule["expr"]) for _, rule in ALERTS if f'slo="{objective}"' in str(rule["expr"])]
        assert len(watching) == 2
        for expression in watching:
            for asked in expression.split("autocrea:slo_errors:")[1:]:
                assert asked.partition("{")[0] in windows


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


def test_an_expression_means_what_it_says_when_replicas_tell_it() -> None:
    assert [f"{asked.place}: {fault}" for asked in expressions() for fault in faults(asked.expression)] == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("sum by (service) (autocrea_items_total)", "says nothing without a rate"),
        ("autocrea_step_seconds_count > 5", "says nothing without a rate"),
        ("rate(autocrea_outbox_lag_seconds[5m])", "is a gauge and has no rate"),
        ("sum by (kind) (autocrea_jobs_due)", "their sum is too much"),
        ("sum(max_over_time(autocrea_holds_overdue[5m]))", "their sum is too much"),
        ("histogram_quantile(0.9, sum by (step) (rate(autocrea_step_seconds_bucket[5m])))", "by le"),
        ("histogram_quantile(0.9, sum by (le) (rate(autocrea_step_seconds_sum[5m])))", "by le"),
        ("max(rabbitmq_alarms_memory_used_watermark) > 0", "is also that of others"),
    ],
)
def test_a_wrong_meaning_is_named_when_it_is_planted(expression: str, words: str) -> None:
    assert any(words in fault for fault in faults(expression)), list(faults(expression))


@pytest.mark.parametrize("alert", sorted(str(rule["alert"]) for _, rule in ALERTS))
def test_an_alert_is_shown_firing_and_silent_when_it_may_wake_somebody(alert: str) -> None:
    """`make k8s-check` lets promtool look at each of these moments."""
    file = ALERT_TESTS / f"{alert}.yaml"
    assert file.is_file(), f"{alert}: nothing says what it fires on: {file.relative_to(ROOT)}"
    cases = yaml.safe_load(file.read_text("utf-8"))["tests"]
    checks = [check for case in cases for check in case["alert_rule_test"]]
    assert {check["alertname"] for check in checks} == {alert}
    assert any(check["exp_alerts"] for check in checks), f"{alert} is never shown to fire"
    silent = [case for case in cases if case["name"].startswith("is silent")]
    assert silent, f"{alert} is never shown to be silent"
    assert all(not check["exp_alerts"] for case in silent for check in case["alert_rule_test"][-1:])


def test_every_test_of_an_alert_has_its_rule_when_rules_change() -> None:
    assert {path.stem for path in ALERT_TESTS.glob("*")} == {rule["alert"] for _, rule in ALERTS}
