"""How webhooks are delivered: as Stripe does, or held back, dropped, repeated, shuffled, forged."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# Fifty is what the tests of the other side repeat; more is a slip of the finger.
TIMES_MAX = 100

Webhook = Literal["deliver", "hold", "drop", "repeat", "shuffle", "forge"]


class Manner(BaseModel):
    """The body of `PUT /_sim/stripe/webhooks`. With `user` it is about one buyer's purchases only.

    `repeat` sends each event `times`, all at once; `shuffle` sends the events of one change in any order;
    `forge` signs with another secret. `seed` makes an order repeatable.
    """

    model_config = ConfigDict(extra="forbid")
    webhook: Webhook
    times: int = Field(default=5, ge=1, le=TIMES_MAX)
    user: str | None = None
    seed: int | None = None


class Release(BaseModel):
    """The body of `POST /_sim/stripe/webhooks/release`: how what is held goes out."""

    model_config = ConfigDict(extra="forbid")
    times: int = Field(default=1, ge=1, le=TIMES_MAX)
    shuffle: bool = False
    seed: int | None = None
    order: list[int] | None = Field(
        default=None, description="numbers of the held events, as they shall go out"
    )


class Manners:
    """The manner of each buyer, and of all others."""

    def __init__(self) -> None:
        self._others = Manner(webhook="deliver")
        self._by_user: dict[str, Manner] = {}

    def set(self, manner: Manner) -> None:
        """In force from now on; `deliver` for a user takes back what was said of that user."""
        if manner.user is None:
            self._others = manner
        elif manner.webhook == "deliver":
            self._by_user.pop(manner.user, None)
        else:
            self._by_user[manner.user] = manner

    @property
    def differ(self) -> bool:
        """Whether any buyer has a manner of their own."""
        return bool(self._by_user)

    def of(self, user: str | None) -> Manner:
        """The manner for the events of a buyer's purchase."""
        return self._by_user.get(user or "", self._others)

    def shown(self) -> list[dict[str, object]]:
        """Those in force, the general one first."""
        return [one.model_dump(exclude_none=True) for one in (self._others, *self._by_user.values())]
