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
    shows_pages,
    wanted,
)
from autocrea.simulators.writer.order import Json, Order
from autocrea.simulators.writer.templates import text, tree
from autocrea.simulators.writer.wishes import deviations
from autocrea.simulators.writer.words import purposes, words

# What an application that shows no pages says instead.
WITHOUT_PAGES = "without_pages"

# The words of a request that are about as long as a quick example say nothing that a page could quote.
QUOTABLE_CHARS_MIN = 60


@dataclass(frozen=True, slots=True)
class FixedApplication:
    """The application in `applications/<name>`, on top of the shared folders; `fulfils` names wishes it understands.

    `roots` are the folders of its files where they are not the `files` of these folders.
    """

    name: str
    base: tuple[str, ...] = ("shared", "database")
    includes: tuple[str, ...] = ()
    fulfils: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()

    def contract(self, order: Order) -> Json:
        """The contract, its list of files taken from the tree."""
        values = self._values(order)
        contract = parsed(text(f"{self.name}/contract.json.tpl"), "contract.json", values)
        contract["deviations"] += deviations(order, but=self.fulfils)
        if not shows_pages(order):
            contract["stack"].remove(values["stack_frontend"])
        known = purposes(order.language, *self._folders(order))
        return contract | {"files": promised_files(self._tree(order), known, order)}

    def files(self, order: Order) -> Mapping[str, str]:
        """Every file of the tree."""
        return render_all(self._tree(order), self._values(order) | contract_blocks(self.contract(order)))

    def audit(self, order: Order) -> Json:
        """The report, with true line numbers."""
        report = parsed(text(f"{self.name}/audit.json.tpl"), "audit.json", self._values(order))
        return located(report, self.files(order))

    def _folders(self, order: Order) -> tuple[str, ...]:
        folders = (*self.base, *self.includes, self.name)
        return folders if shows_pages(order) else (*folders, WITHOUT_PAGES)

    def _tree(self, order: Order) -> Mapping[str, str]:
        folders = (*self.base, *self.includes, self.name)
        return wanted(tree(*(self.roots or (f"{folder}/files" for folder in folders))), order)

    def _values(self, order: Order) -> dict[str, str]:
        values = base_values(order, words(order.language, *self._folders(order)))
        quotable = len(order.request) >= QUOTABLE_CHARS_MIN
        lead = (
            re.sub(r"\s+", " ", order.request) if quotable else values.get("lead_default", values["summary"])
        )
        return values | {"lead": lead}
