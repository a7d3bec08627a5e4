"""Languages, names of downloads, and the table of problems."""

import re
import string

import pytest
from autocrea.gateway.domain.file_names import attachment
from autocrea.gateway.domain.languages import choose_language
from autocrea.gateway.domain.problems import PROBLEMS, sentence
from hypothesis import given
from hypothesis import strategies as st


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


@given(name=st.text(min_size=1, max_size=60).filter(lambda n: n.isprintable()))
def test_header_is_safe_whatever_a_download_is_called(name: str) -> None:
    value = attachment(name)
    assert value.isascii()
    assert value.isprintable()
    matched = re.fullmatch(r"attachment; filename=\"([^\"\\]+)\"; filename\*=UTF-8''([^\"\s;,]*)", value)
    assert matched is not None


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
