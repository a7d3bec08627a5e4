"""The rate card: what models cost and what is for sale. A version never changes: a change is a new one."""

from dataclasses import dataclass
from datetime import datetime

from autocrea.contracts.billing.v1 import Pack, RateCardPublished, RatedModel
from autocrea.contracts.shapes import PricedModel
from autocrea.contracts.vocabulary import Rounding


class RateCardError(Exception):
    """A rate card that must not be published; the sentence says which rule it breaks."""


@dataclass(frozen=True, slots=True)
class RateCard:
    """One version, checked when it is made."""

    version: str
    models: tuple[RatedModel, ...]
    packs: tuple[Pack, ...]
    rounding: Rounding = Rounding.UP_PER_STEP

    def __post_init__(self) -> None:
        names = [name for model in self.models for name in (model.model, *model.aliases)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if not self.models:
            raise RateCardError(f"rate card {self.version} has no model")
        if twice:
            raise RateCardError(f"rate card {self.version} names {', '.join(twice)} more than once")
        if list(self.packs) != sorted(self.packs, key=lambda pack: pack.tokens):
            raise RateCardError(f"rate card {self.version} does not list its packs from the smallest")
        if len({pack.pack for pack in self.packs}) != len(self.packs):
            raise RateCardError(f"rate card {self.version} has two packs of one name")

    def pack(self, name: str) -> Pack | None:
        """What is for sale under this name."""
        return next((pack for pack in self.packs if pack.pack == name), None)

    @property
    def priced_models(self) -> tuple[PricedModel, ...]:
        """The models as a run pins them: without the names that only people use."""
        names = PricedModel.model_fields
        return tuple(PricedModel(**{n: getattr(model, n) for n in names}) for model in self.models)


@dataclass(frozen=True, slots=True)
class Publication:
    """A rate card told to everybody; the highest revision is in force."""

    revision: int
    card: RateCard
    published_at: datetime

    def message(self) -> RateCardPublished:
        card = self.card
        return RateCardPublished(
            revision=self.revision,
            version=card.version,
            models=card.models,
            packs=card.packs,
            rounding=card.rounding,
        )
