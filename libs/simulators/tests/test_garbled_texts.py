"""What models write when they slip: the text of an answer, garbled by a rule. It is the same on every wire."""

import json

import httpx
from both_wires import rule
from prompts import NONCE, ask, files_in, prompt, text_of

USER = prompt("backend")


def test_text_is_dressed_up_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = text_of(ask(client, USER))
    rule(client, {"garble": ["fences", "prose"]})
    fenced = text_of(ask(client, USER))
    assert whole.rstrip() in fenced
    assert f"\n```\n{whole[:20]}" in fenced
    assert fenced.startswith("Claro")


def test_markers_have_spaces_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = text_of(ask(client, USER))
    rule(client, {"garble": ["spaced_tags"]})
    spaced = text_of(ask(client, USER))
    assert f"<<< FILE {NONCE} backend/main.py >>>" in spaced
    assert spaced.replace("<<< ", "<<<").replace(" >>>", ">>>") == whole


def test_nonce_is_another_one_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = text_of(ask(client, USER))
    rule(client, {"garble": ["wrong_nonce"]})
    wrong = text_of(ask(client, USER))
    assert NONCE not in wrong
    assert files_in(wrong, "00000000") == files_in(whole)


def test_document_is_fenced_or_broken_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = text_of(ask(client, prompt("architecture")))
    rule(client, {"garble": ["fences"]}, times=1)
    fenced = text_of(ask(client, prompt("architecture")))
    assert json.loads(fenced.removeprefix("```json\n").removesuffix("\n```"))["files"]
    rule(client, {"garble": ["broken_json"]})
    broken = text_of(ask(client, prompt("architecture")))
    assert broken.endswith(",\n}")
    assert json.loads(broken.removesuffix(",\n}") + "\n}") == json.loads(whole)
    assert text_of(ask(client, "hola")), "what is no JSON is left as it is"


def test_files_are_fenced_inside_their_blocks_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = files_in(text_of(ask(client, USER)))
    rule(client, {"garble": ["fenced_files"]})
    fenced = files_in(text_of(ask(client, USER)))
    assert fenced == {path: f"```{path.rpartition('.')[2]}\n{text}\n```" for path, text in whole.items()}


def test_last_file_stays_open_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = text_of(ask(client, USER))
    rule(client, {"garble": ["unclosed_file"]})
    open_ended = text_of(ask(client, USER))
    assert whole.startswith(open_ended)
    assert open_ended.count("<<<FILE ") == open_ended.count("<<<END ") + 1
    assert "<<<DONE " not in open_ended


def test_lines_end_as_on_windows_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = text_of(ask(client, USER))
    rule(client, {"garble": ["crlf"]})
    assert text_of(ask(client, USER)) == whole.replace("\n", "\r\n")


def test_text_is_noise_when_a_rule_says_so(client: httpx.Client) -> None:
    rule(client, {"garble": ["noise"]})
    noise = text_of(ask(client, USER))
    assert len(noise) > 1000
    assert f"<<<FILE {NONCE} " not in noise
    assert text_of(ask(client, USER)) == noise


def test_files_are_added_replaced_and_left_out_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = files_in(text_of(ask(client, USER)))
    hostile = {"path": "../../etc/cron.d/x", "text": "* * * * * root id\n"}
    broken = {"path": "backend/main.py", "text": "def (:\n"}
    rule(client, {"extra_files": [hostile, broken], "omit_files": ["backend/inbox.py"]})
    changed = files_in(text_of(ask(client, USER)))
    assert changed.keys() == whole.keys() - {"backend/inbox.py"} | {hostile["path"]}
    assert changed[hostile["path"]] == hostile["text"]
    assert changed["backend/main.py"] == broken["text"]
