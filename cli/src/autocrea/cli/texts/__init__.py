"""Everything the command says to a person, in Spanish (first) and English."""

import os
import shutil
import sys
import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("es", "en")
DEFAULT_LANGUAGE = "es"


class _Chosen:
    language = DEFAULT_LANGUAGE


def choose_language(wanted: str | None) -> None:
    """The wanted one, else the locale's (LC_ALL, LC_MESSAGES, LANG), else Spanish. A language we do not
    speak is Spanish."""
    named = wanted or next(
        (os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), ""
    )
    code = named[:2].lower()
    _Chosen.language = code if code in LANGUAGES else DEFAULT_LANGUAGE


def language() -> str:
    return _Chosen.language


def say(key: str, **values: object) -> str:
    """The text in the chosen language, its places filled, its commands as they can be typed here."""
    return texts(_Chosen.language)[key].format(**values).replace("`autocrea ", f"`{program()} ")


def name_of(family: str, value: str) -> str:
    """The text for one of a family of values; a value that is newer than this program names itself."""
    key = f"{family}_{value}"
    return say(key) if key in texts(_Chosen.language) else value


@cache
def program() -> str:
    """How the person can call this program: by its name when the shell finds it, else by its place."""
    place = Path(sys.executable).with_name("autocrea")
    found = shutil.which("autocrea")
    if not place.exists() or (found and Path(found).samefile(place)):
        return "autocrea"
    here = Path.cwd()
    return str(place.relative_to(here) if place.is_relative_to(here) else place)


@cache
def texts(code: str) -> dict[str, str]:
    """Every text of a language by its key."""
    return tomllib.loads(Path(__file__).with_name(f"{code}.toml").read_text("utf-8"))
