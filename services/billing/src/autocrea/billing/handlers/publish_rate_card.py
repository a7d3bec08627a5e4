"""At every start the rate card in force is told again, under the next revision."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.rate_card import Publication, RateCard, RateCardError
from autocrea.chassis.handlers import Effects


def rows(card: RateCard) -> Iterable[Key]:
    """The last publication, and this version as it was published before."""
    return (books.PUBLICATION, books.card(card.version))


def decide(card: RateCard, found: Books, now: datetime) -> tuple[int, Effects]:
    """Publish the card; returns the revision.

    Raises RateCardError when this version was published with other contents: runs that pinned it would
    be priced differently from their quote.
    """
    before = found.cards.get(card.version)
    if before is not None and before != card:
        raise RateCardError(
            f"rate card {card.version} was published with other contents: give the change a new version"
        )
    last = found.last_publication
    publication = Publication(last.revision + 1 if last else 1, card, now)
    found.published.append(publication)
    return publication.revision, Effects(messages=(publication.message(),))
