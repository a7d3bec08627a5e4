"""Languages and the table of problems."""

import string

import pytest
from autocrea.gateway.domain.languages import choose_language
from autocrea.gateway.domain.problems import PROBLEMS, sentence


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "es"),
        ("", "es"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("es-ES,es;q=0.9,en;q=0.8", "es"),
        ("en;q=0.5, es;q=0.4", "en"),
        ("en;q=0", "es"),
        ("fr, *;q=0.1", "es"),
        ("fr, en;q=0.3", "en"),
        ("en;q=nonsense", "es"),
    ],
)
def test_language_is_spanish_unless_english_is_preferred(header: str | None, language: str) -> None:
    assert choose_language(header) == language


def test_every_sentence_can_be_said_when_its_members_are_there() -> None:
    for code, problem in PROBLEMS.items():
        names = {
            name
            for text in (problem.es, problem.en)
            for _, name, _, _ in string.Formatter().parse(text)
            if name
        }
        for language in ("es", "en"):
            assert sentence(code, language, dict.fromkeys(names, 1))
