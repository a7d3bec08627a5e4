"""The synchronous calls between services, for answers that a person waits for: paths, queries and bodies.

Each path is a `str.format` template and a Starlette route alike. A caller shows its token as
`Authorization: Bearer …`; every error is an `ErrorBody`.
"""

from __future__ import annotations

from typing import Annotated, Final

from autocrea.contracts.billing.v1 import Currency, Money
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import (
    ArchiveId,
    GenerationId,
    Moment,
    PurchaseId,
    Run,
    Sha256,
    StepName,
    Tokens,
)
from autocrea.contracts.message import Shape
from autocrea.contracts.shapes import WRITTEN, Count
from autocrea.contracts.vocabulary import ChangeKind, Language, Open, PurchaseState
from pydantic import Field

LEDGER_PATH: Final = "/internal/users/{user_id}/ledger"
"""GET at billing, `?before=<entry>&limit=<n>`: a LedgerPage, the newest entry first.

With `&generation_id=` (and `&step=`) only the lines of that generation (and step)."""
LEDGER_PAGE_MAX: Final = 200
"""A page that a person scrolls through; more is another request."""

PURCHASES_PATH: Final = "/internal/users/{user_id}/purchases"
"""GET at billing, `?before=<purchase>&limit=<n>`: a PurchasePage, the newest first.

POST, a NewPurchase: the PurchaseView with the address where it is paid. 422 `unknown_pack`; 409
`idempotency_key_reused` when the purchase is about another pack, `payments_off` where nothing can be sold."""
PURCHASE_PATH: Final = "/internal/users/{user_id}/purchases/{purchase_id}"
"""GET at billing: a PurchaseView; 404 `not_found` for another person's."""
PURCHASE_PAGE_MAX: Final = 100
"""Purchases are rare; more is another request."""
PACK_CHARACTERS_MAX: Final = 64
"""A pack is a word of the rate card."""
STRIPE_EVENTS_PATH: Final = "/internal/stripe/events"
"""POST at billing: the raw body of a webhook with its `Stripe-Signature`. 200 once it is stored; 400
`invalid_signature`, `wrong_livemode`, `wrong_account` or `invalid_request`, and then nothing is."""

ARCHIVE_PATH: Final = "/internal/generations/{generation_id}/runs/{run}/archive"
"""GET at artifacts: an ArchiveLink; 404 `not_found` while there is none."""
ARCHIVE_CONTENT_PATH: Final = "/internal/generations/{generation_id}/runs/{run}/archive/content"
"""GET at artifacts: the archive's bytes, `Range` and `If-Range` understood."""
PARTIAL_ARCHIVE_PATH: Final = "/internal/generations/{generation_id}/archive/partial"
"""GET at artifacts: a ZIP of the sets that are stored, made on request; 503 while too many are being made."""
FILE_PATH: Final = "/internal/generations/{generation_id}/file"
"""GET at artifacts, `?path=` (and `&step=`, else the last step that delivered it): a FileText."""


class ErrorBody(Shape):
    """What every error answers, inside and outside."""

    detail: str = Field(description="A sentence.")
    code: str = Field(description="Stable, for machines.")
    trace_id: str | None = Field(default=None, description="Where to look in logs and traces.")


class LedgerEntry(Shape):
    """One line of a person's ledger."""

    entry: int = Field(ge=1, description="The line's number, per person, in the order of booking.")
    at: Moment = Field(description="When it was booked.")
    kind: Open[ChangeKind] = Field(description="What moved.")
    tokens: Tokens = Field(description="How much, always positive: the kind says in which direction.")
    generation_id: GenerationId | None = Field(default=None, description="The generation concerned.")
    run: Run | None = Field(default=None, description="Its run.")
    step: StepName | None = Field(default=None, description="The step concerned.")
    fault: Open[FaultCode] | None = Field(default=None, description="The fault that gave the tokens back.")
    purchase_id: PurchaseId | None = Field(default=None, description="The purchase concerned.")
    reason: str | None = Field(default=None, description="Why, where nothing above says it.")


class LedgerPage(Shape):
    """Some lines of a person's ledger, the newest first."""

    entries: tuple[LedgerEntry, ...] = Field(description="The lines.")
    next_before: int | None = Field(description="What to ask for next as `before`; null at the end.")


class NewPurchase(Shape):
    """A pack that a person wants. The purchase's id is derived from what the client calls this request."""

    purchase_id: PurchaseId = Field(
        description="The same for the same request, so that it opens one session."
    )
    pack: str = Field(max_length=PACK_CHARACTERS_MAX, description="A pack of the rate card.")
    language: Language = Field(description="In which the payment page speaks.")


class PurchaseView(Shape):
    """A purchase as it stands."""

    purchase_id: PurchaseId = Field(description="The purchase.")
    state: Open[PurchaseState] = Field(description="How it stands.")
    pack: str = Field(description="The pack bought.")
    tokens: Tokens = Field(description="What it credits.")
    amount: Money = Field(description="What it costs, in the currency's smallest unit.")
    currency: Currency = Field(description="ISO 4217, lower case.")
    reversed_tokens: Tokens = Field(description="What refunds and disputes took back of it.")
    url: str | None = Field(description="Where it can be paid; null once it cannot.")
    version: int = Field(ge=1, description="Counts its changes: the highest is in force.")
    started_at: Moment = Field(description="When it was begun.")
    updated_at: Moment = Field(description="When it last changed.")


class PurchasePage(Shape):
    """Some purchases of a person, the newest first."""

    purchases: tuple[PurchaseView, ...] = Field(description="The purchases.")
    next_before: PurchaseId | None = Field(description="What to ask for next as `before`; null at the end.")


class ArchiveLink(Shape):
    """An archive, and where a browser may fetch it itself."""

    archive_id: ArchiveId = Field(description="The archive.")
    file_name: Annotated[str, WRITTEN] = Field(description="Its name for the person's download.")
    sha256: Sha256 = Field(description="SHA-256 of the archive.")
    bytes: Count = Field(description="Its size.")
    files: Count = Field(description="How many files it holds.")
    url: str | None = Field(description="A presigned address; null when it goes through the gateway.")


class FileText(Shape):
    """One generated file."""

    path: str = Field(description="Its path.")
    step: StepName = Field(description="The step that delivered it.")
    sha256: Sha256 = Field(description="SHA-256 of its UTF-8 bytes.")
    bytes: Count = Field(description="Their number.")
    text: Annotated[str, WRITTEN] = Field(description="The whole file.")
