"""What the command says: whole in both languages, nothing that nobody says any more."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import autocrea.cli.texts as texts
import pytest
from autocrea.cli.texts import LANGUAGES, choose_language, say
from autocrea.cli.texts import texts as texts_of

SOURCES = Path(texts.__file__).parents[1]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    yield
    choose_language(None)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_places_when_compared() -> None:
    spanish, english = (texts_of(code) for code in LANGUAGES)
    assert spanish.keys() == english.keys()
    assert {key: places(text) for key, text in spanish.items()} == {
        key: places(text) for key, text in english.items()
    }


def test_every_text_is_said_somewhere_when_the_sources_are_read() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    families = set(re.findall(r"f[\"'](\w+_){", source))  # keys whose second half is a value
    families |= {f"{family}_" for family in re.findall(r"name_of\(\"(\w+)\"", source)}
    unsaid = [
        key
        for key in texts_of("es")
        if not re.search(rf"[\"']{key}[\"']", source)
        and not any(key.startswith(family) for family in families)
    ]
    assert not unsaid


def test_every_text_that_is_said_is_there_when_the_sources_are_read() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    said = re.findall(r'\b(?:say|tell|_tell|fine|ill|Trouble|BadUse|waiting)\(\s*"(\w+)"', source)
    assert len(said) > 50
    assert set(said) <= texts_of("es").keys()


@pytest.mark.parametrize(
    ("wanted", "environment", "chosen"),
    [
        (None, {}, "es"),
        (None, {"LANG": "C.UTF-8"}, "es"),
        (None, {"LANG": "en_GB.UTF-8"}, "en"),
        (None, {"LANG": "en_GB.UTF-8", "LC_ALL": "es_ES.UTF-8"}, "es"),
        (None, {"LANG": "fr_FR.UTF-8"}, "es"),
        ("en", {"LANG": "es_ES.UTF-8"}, "en"),
    ],
)
def test_the_language_is_spanish_when_no_other_that_we_speak_is_wanted(
    wanted: str | None, environment: dict[str, str], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    choose_language(wanted)
    assert texts.language() == chosen
    assert say("column_name") == ("Proceso" if chosen == "es" else "Process")
