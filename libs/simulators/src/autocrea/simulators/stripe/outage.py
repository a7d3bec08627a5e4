"""Stripe not answering as it should, for a number of requests."""

from pydantic import BaseModel, ConfigDict, Field


class NewOutage(BaseModel):
    """The body of `PUT /_sim/stripe/api`: this status for the next requests; without `times` until told otherwise."""

    model_config = ConfigDict(extra="forbid")
    status: int | None = Field(default=None, ge=400, le=599)
    times: int | None = Field(default=None, ge=1)


class Outage:
    """What the API answers in place of an answer."""

    def __init__(self) -> None:
        self._now = NewOutage()

    def set(self, new: NewOutage) -> None:
        self._now = new

    def next_status(self) -> int | None:
        """The status for this request, if it is not to be served; counts it."""
        now = self._now
        if now.status is not None and now.times is not None:
            self._now = NewOutage(status=now.status, times=now.times - 1) if now.times > 1 else NewOutage()
        return now.status
