"""Stripe's events as billing keeps them: what is decided on, and nothing of who paid with what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from autocrea.contracts.ids import PurchaseId


class Via(StrEnum):
    """Through which door an event came."""

    WEBHOOK = "webhook"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """One event; the same id is the same event, whichever way and however often it comes."""

    event_id: str
    type: str
    happened_at: datetime
    content: Mapping[str, Any]  # the fields of its object that are decided on


@dataclass(frozen=True, slots=True)
class Received:
    """An event to store."""

    event: StripeEvent
    via: Via
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Handled:
    """An event of which everything was done that there was to do."""

    event_id: str
    at: datetime
    purchase_id: PurchaseId | None  # None: it is not about a purchase of ours, or not yet known which
