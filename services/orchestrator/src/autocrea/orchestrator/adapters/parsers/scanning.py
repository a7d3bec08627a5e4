"""The scanners of the security audit, by language. They read; nothing is executed. Runs in a worker process only."""

from collections.abc import Callable, Iterable, Mapping

from autocrea.contracts.masking import secrets_in
from autocrea.orchestrator.adapters.parsers.scanning_containers import scan_compose, scan_dockerfile
from autocrea.orchestrator.adapters.parsers.scanning_pages import scan_html, scan_javascript
from autocrea.orchestrator.adapters.parsers.scanning_python import scan_python
from autocrea.orchestrator.domain.facts import Language
from autocrea.orchestrator.domain.hazards import HAZARDS_MAX, Hazard

_SCANNERS: Mapping[Language, Callable[[str], Iterable[Hazard]]] = {
    "python": scan_python,
    "javascript": scan_javascript,
    "typescript": lambda text: scan_javascript(text, "typescript"),
    "tsx": lambda text: scan_javascript(text, "tsx"),
    "html": scan_html,
    "yaml": scan_compose,
    "dockerfile": scan_dockerfile,
}


def scan(language: Language, text: str) -> tuple[Hazard, ...]:
    """Every hazard of a file once, in the order of its lines."""
    scanner = _SCANNERS.get(language)
    found = [Hazard("secret", "critical", one.line, one.kind) for one in secrets_in(text)]
    found += scanner(text) if scanner else ()
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.line, one.rule)))[:HAZARDS_MAX]
