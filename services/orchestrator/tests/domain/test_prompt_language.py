"""The application speaks the language of the request."""

import pytest
from autocrea.orchestrator.domain.prompt_language import language_of_request


@pytest.mark.parametrize(
    ("request_text", "language"),
    [
        ("Landing page con formulario de contacto", "es"),
        ("Blog con CMS y autenticación", "es"),
        ("Dashboard con gráficos en tiempo real", "es"),
        ("API REST con MongoDB", "es"),
        ("Una tienda", "es"),
        ("¡Piñatas!", "es"),
        ("A blog with a CMS", "en"),
        ("An API for a blog with users", "en"),
        ("Online store with products and reviews on MongoDB", "en"),
        ("I want to manage my plants", "en"),
    ],
)
def test_language_is_told_by_the_words_of_the_request(request_text: str, language: str) -> None:
    other = "en" if language == "es" else "es"
    assert language_of_request(request_text, other) == language


@pytest.mark.parametrize("request_text", ["", "Blog", "日記アプリ", "Ein Tagebuch"])
def test_page_decides_when_the_request_does_not_tell(request_text: str) -> None:
    assert language_of_request(request_text, "en") == "en"
    assert language_of_request(request_text, "es") == "es"
