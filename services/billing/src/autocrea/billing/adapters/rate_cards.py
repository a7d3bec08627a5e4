"""The table of rate cards: every publication, and through it every version that a run may have pinned."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from autocrea.billing.domain.rate_card import Publication, RateCard
from autocrea.chassis.handlers import Connection
from autocrea.contracts.billing.v1 import Pack, RatedModel
from autocrea.contracts.vocabulary import Rounding

_BY_VERSION: Final[LiteralString] = """
SELECT DISTINCT ON (version) version, card FROM rate_cards WHERE version = ANY($1::text[])
ORDER BY version, revision DESC"""
_LAST: Final[LiteralString] = """
SELECT revision, version, card, published_at FROM rate_cards ORDER BY revision DESC LIMIT 1"""
_ADD: Final[LiteralString] = """
INSERT INTO rate_cards (revision, version, card, published_at) VALUES ($1, $2, $3, $4)"""


class RateCardTable:
    """Remembers every version it read: a version never changes."""

    def __init__(self) -> None:
        self._cards: dict[str, RateCard] = {}

    async def load(self, connection: Connection, versions: Sequence[str]) -> dict[str, RateCard]:
        """The published ones of these versions."""
        missing = [version for version in versions if version not in self._cards]
        if missing:
            for row in await connection.fetch(_BY_VERSION, missing):
                self._cards[row["version"]] = _from_json(row["version"], row["card"])
        return {version: self._cards[version] for version in versions if version in self._cards}

    async def last(self, connection: Connection) -> Publication | None:
        """The publication in force, if there is one."""
        row = await connection.fetchrow(_LAST)
        if row is None:
            return None
        return Publication(row["revision"], _from_json(row["version"], row["card"]), row["published_at"])

    async def add(self, connection: Connection, publications: Sequence[Publication]) -> None:
        """Note publications; another replica's with the same revision makes the transaction run again."""
        for one in publications:
            row = (one.revision, one.card.version, _to_json(one.card), one.published_at)
            await connection.execute(_ADD, *row)


def _to_json(card: RateCard) -> dict[str, Any]:
    return {
        "models": [model.model_dump(mode="json") for model in card.models],
        "packs": [pack.model_dump(mode="json") for pack in card.packs],
        "rounding": card.rounding.value,
    }


def _from_json(version: str, stored: dict[str, Any]) -> RateCard:
    return RateCard(
        version=version,
        models=tuple(RatedModel.model_validate(model) for model in stored["models"]),
        packs=tuple(Pack.model_validate(pack) for pack in stored["packs"]),
        rounding=Rounding(stored["rounding"]),
    )
