"""Everything the command says to a person, in Spanish (first) and English."""

import os
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
    """The text in the chosen language, its places filled."""
    return texts(_Chosen.language)[key].format(**values)


@cache
def texts(code: str) -> dict[str, str]:
    """Every text of a language by its key."""
    return tomllib.loads(Path(__file__).with_name(f"{code}.toml").read_text("utf-8"))
