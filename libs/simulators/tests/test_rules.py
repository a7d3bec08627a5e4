"""Rules: which calls they hit, how often, and which of them make no sense."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from autocrea.simulators.control.effect import Effect
from both_wires import log, rule
from prompts import ask, ask_messages, prompt


def test_first_rule_decides_when_several_match(client: httpx.Client) -> None:
    number = rule(client, {"status": 503})
    rule(client, {"status": 429})
    assert ask(client, prompt("backend")).status_code == 503
    client.delete(f"/_sim/rules/{number}")
    assert ask(client, prompt("backend")).status_code == 429


def test_only_the_wanted_calls_are_hit_when_the_match_is_narrow(client: httpx.Client) -> None:
    match = {
        "project": "fallo-4",
        "step": "devops",
        "provider": "joxcoder",
        "model": "joxcoder-1",
        "attempt": 2,
        "nth": 2,
    }
    rule(client, {"status": 500}, match)
    hit = prompt("devops", project="fallo-4", attempt=2)
    for other in (
        prompt("devops", attempt=2),
        prompt("backend", project="fallo-4", attempt=2),
        prompt("devops", project="fallo-4"),
    ):
        assert ask(client, other).status_code == 200
    assert ask(client, hit, "openai").status_code == 200
    assert ask_messages(client, hit).status_code == 200
    assert ask(client, hit, model="joxcoder").status_code == 200
    assert [ask(client, hit).status_code for _ in range(3)] == [200, 500, 200]
    (shown,) = client.get("/_sim/rules").json()["rules"]
    assert (shown["seen"], shown["applied"], shown["match"]) == (3, 1, match)


def test_user_is_matched_when_the_request_names_one(client: httpx.Client) -> None:
    rule(client, {"status": 500}, {"user": "ada"})
    user = prompt("backend")
    assert ask(client, user).status_code == 200
    assert ask(client, user, user="ada").status_code == 500
    assert ask(client, user, safety_identifier="ada").status_code == 500
    assert ask_messages(client, user, metadata={"user_id": "ada"}).status_code == 500
    assert ask_messages(client, user, metadata={"user_id": "bruno"}).status_code == 200
    assert [entry["user"] for entry in log(client)] == ["", "ada", "ada", "ada", "bruno"]


def test_user_of_the_header_counts_when_there_is_one(client: httpx.Client) -> None:
    rule(client, {"status": 500}, {"user": "ada"})
    client.headers["X-Autocrea-User-Id"] = "ada"
    assert ask(client, prompt("backend"), user="bruno").status_code == 500


def test_rule_is_spent_when_it_applied_as_often_as_it_may(client: httpx.Client) -> None:
    rule(client, {"status": 500}, times=2)
    assert [ask(client, prompt("backend")).status_code for _ in range(3)] == [500, 500, 200]


def test_rules_are_gone_when_they_are_cleared(client: httpx.Client) -> None:
    rule(client, {"status": 500})
    assert client.delete("/_sim/rules").json() == {"removed": 1}
    assert ask(client, prompt("backend")).status_code == 200
    assert client.delete("/_sim/rules/999").status_code == 404


def test_rules_of_others_stay_when_a_project_is_cleared(client: httpx.Client) -> None:
    rule(client, {"status": 500}, {"project": "mine"})
    rule(client, {"status": 500}, {"project": "mine", "step": "devops"})
    theirs = rule(client, {"status": 500}, {"project": "theirs"})
    everyones = rule(client, {"status": 500}, {"step": "devops"})
    assert client.delete("/_sim/rules?project=mine").json() == {"removed": 2}
    assert [one["id"] for one in client.get("/_sim/rules").json()["rules"]] == [theirs, everyones]
    assert client.delete("/_sim/rules?projet=mine").status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"effect": {"status": 200}},
        {"effect": {"status": 99, "body": ""}},
        {"effect": {"typo": 1}},
        {"effect": {}, "match": {"x": 1}},
        {"effect": {"error": "bad_luck"}},
        {"effect": {"error": "credit", "status": 402}},
        {"effect": {"error_after_chars": 3}},
        {"effect": {"drop_in_character": True}},
        {"effect": {"drop_after_bytes": 3, "stall_after_bytes": 3}},
        {"effect": {"garble": ["rot13"]}},
        {"effect": {"bytes_per_write": 0}},
    ],
)
def test_rule_is_refused_when_it_makes_no_sense(client: httpx.Client, wrong: dict[str, Any]) -> None:
    response = client.post("/_sim/rules", json=wrong)
    assert response.status_code == 422
    assert response.json()["detail"]
    assert client.get("/_sim/rules").json() == {"rules": []}


def test_every_effect_is_in_the_readme_and_nothing_else() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    effects = readme.split("| effect |")[1].split("\n## ")[0]
    cells = [row.split("|")[1] for row in effects.splitlines() if row.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(cells))) == set(Effect.model_fields)
