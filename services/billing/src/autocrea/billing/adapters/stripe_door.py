"""The door for webhooks: whatever is not Stripe's word about this account, in this mode, now, is refused."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from autocrea.billing.adapters.stripe_objects import EVENT_TYPES, EventBody, stored
from autocrea.billing.domain.stripe_events import StripeEvent
from autocrea.chassis.errors import Refused
from pydantic import SecretStr, ValidationError
from stripe import SignatureVerificationError, WebhookSignature

TOLERANCE_SECONDS: Final = 300
"""Stripe's own: older than this is a replay. Every retry is signed anew."""


class StripeDoor:
    """Checks signatures by Stripe's own library, with each of the secrets in force."""

    def __init__(self, secrets: Callable[[], Iterable[SecretStr]], *, livemode: bool) -> None:
        self._secrets = secrets
        self._livemode = livemode

    def open(self, body: bytes, signature: str | None) -> StripeEvent | None:
        """The event in a webhook; None for one of a type that decides nothing. Raises Refused, always with 400."""
        self._check_signature(body, signature)
        return self.admit(body)

    def admit(self, said: bytes | Mapping[str, Any]) -> StripeEvent | None:
        """The same for an event that needs no signature, because we asked Stripe for it. Raises Refused."""
        try:
            event = (
                EventBody.model_validate_json(said)
                if isinstance(said, bytes)
                else EventBody.model_validate(said)
            )
        except ValidationError as error:
            raise Refused("invalid_request", "this is not an event", status=400) from error
        if event.livemode != self._livemode:
            raise Refused("wrong_livemode", f"{event.id} is of the other mode", status=400)
        if event.account is not None:
            raise Refused("wrong_account", f"{event.id} is of another account", status=400)
        if event.type not in EVENT_TYPES:
            return None
        try:
            return stored(event)
        except ValidationError as error:
            raise Refused("invalid_request", f"{event.id} is not a {event.type}", status=400) from error

    def _check_signature(self, body: bytes, signature: str | None) -> None:
        for secret in self._secrets():
            try:
                WebhookSignature.verify_header(body, signature, secret.get_secret_value(), TOLERANCE_SECONDS)
            except (SignatureVerificationError, UnicodeDecodeError):
                continue
            return
        raise Refused("invalid_signature", "the signature is missing, wrong or old", status=400)
