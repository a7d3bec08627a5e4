"""The rate cards that this package carries: `rates/<version>.toml`, the newest in force."""

import tomllib
from importlib.resources import files

from autocrea.billing.domain.rate_card import RateCard, RateCardError
from autocrea.contracts.billing.v1 import Pack, RatedModel
from autocrea.contracts.vocabulary import Rounding
from pydantic import BaseModel, ConfigDict, ValidationError


class _File(BaseModel):
    """What a file says. Unknown names are refused: a misspelt price must not read as none."""

    model_config = ConfigDict(extra="forbid")

    rounding: Rounding
    models: list[RatedModel]
    packs: list[Pack]


def current_rate_card() -> RateCard:
    """The card of the newest version: versions are dates, so the last name is the newest. Raises RateCardError."""
    folder = files("autocrea.billing.adapters") / "rates"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    if not names:
        raise RateCardError("the package carries no rate card")
    return read_rate_card(names[-1].removesuffix(".toml"), (folder / names[-1]).read_text("utf-8"))


def read_rate_card(version: str, text: str) -> RateCard:
    """Parse and check one file. Raises RateCardError."""
    try:
        found = _File.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise RateCardError(f"rate card {version} cannot be read: {error}") from error
    return RateCard(version, tuple(found.models), tuple(found.packs), found.rounding)
