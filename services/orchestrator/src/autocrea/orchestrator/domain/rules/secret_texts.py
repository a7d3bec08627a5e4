"""No secret stands in a file."""

from collections.abc import Iterator

from autocrea.contracts.shapes import Finding
from autocrea.orchestrator.domain.rules.view import View, error


def check_secrets(view: View) -> Iterator[Finding]:
    for file in view.facts:
        for one in file.secrets:
            sentence = (
                f"A {one.name} stands in the file; read it from an environment variable of the contract."
            )
            yield error("secret_in_file", sentence, file.path, one.line)
