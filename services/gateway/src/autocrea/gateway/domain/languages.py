"""Which of our two languages a person reads, from the header their browser sends."""

from autocrea.gateway.domain.problems import Language

HEADER_CHARACTERS_MAX = 256  # a browser sends under a hundred


def choose_language(accept_language: str | None) -> Language:
    """Spanish unless English is preferred to it (RFC 9110, section 12.5.4)."""
    best: dict[str, float] = {}
    for item in (accept_language or "")[:HEADER_CHARACTERS_MAX].split(","):
        tag, _, parameter = item.strip().partition(";")
        name = tag.strip().lower().split("-")[0]
        best[name] = max(best.get(name, 0.0), _weight(parameter))
    spanish = best.get("es", best.get("*", 0.0))
    return "en" if best.get("en", 0.0) > spanish else "es"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
