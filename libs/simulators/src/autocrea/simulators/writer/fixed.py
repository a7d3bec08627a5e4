"""Applications whose contract is a template: one folder of `applications/` each, over the shared ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from autocrea.simulators.writer.assemble import (
    base_values,
    contract_blocks,
    located,
    parsed,
    promised_files,
    render_all,
)
from autocrea.simulators.writer.order import Json, Order
from autocrea.simulators.writer.templates import text, tree
from autocrea.simulators.writer.wishes import deviations
from autocrea.simulators.writer.words import purposes, words

# The words of a request that are about as long as a quick example say nothing that a page could quote.
QUOTABLE_CHARS_MIN = 60


@dataclass(frozen=True, slots=True)
class FixedApplication:
    """The application in `applications/<name>`, on top of the shared folders; `fulfils` names wishes it understands."""

    name: str
    includes: tuple[str, ...] = ()
    fulfils: tuple[str, ...] = ()

    def contract(self, order: Order) -> Json:
        """The contract, its list of files taken from the tree."""
        contract = parsed(text(f"{self.name}/contract.json.tpl"), "contract.json", self._values(order))
        contract["deviations"] += deviations(order, but=self.fulfils)
        return contract | {"files": promised_files(self._tree(), purposes(order.language, *self._folders()))}

    def files(self, order: Order) -> Mapping[str, str]:
        """Every file of the tree."""
        return render_all(self._tree(), self._values(order) | contract_blocks(self.contract(order)))

    def audit(self, order: Order) -> Json:
        """The report, with true line numbers."""
        report = parsed(text(f"{self.name}/audit.json.tpl"), "audit.json", self._values(order))
        return located(report, self.files(order))

    def _folders(self) -> tuple[str, ...]:
        return ("shared", "database", *self.includes, self.name)

    def _tree(self) -> Mapping[str, str]:
        return tree(*(f"{folder}/files" for folder in self._folders()))

    def _values(self, order: Order) -> dict[str, str]:
        values = base_values(order, words(order.language, *self._folders()))
        quotable = len(order.request) >= QUOTABLE_CHARS_MIN
        lead = (
            re.sub(r"\s+", " ", order.request) if quotable else values.get("lead_default", values["summary"])
        )
        return values | {"lead": lead}
