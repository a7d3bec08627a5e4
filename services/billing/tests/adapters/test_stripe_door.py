"""The door for webhooks: nobody but Stripe, about nothing but this account, in this mode, now."""

import hmac
import json
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from autocrea.billing.adapters.stripe_door import TOLERANCE_SECONDS, StripeDoor
from autocrea.billing.adapters.stripe_objects import fact_of
from autocrea.billing.domain.purchase import Reversal
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.settings import Settings
from autocrea.chassis.errors import Refused
from autocrea.chassis.secret_files import parted
from billing_desk import purchase_id
from pydantic import SecretStr, ValidationError

OLD, NEW = "whsec_old", "whsec_new"
DOOR = StripeDoor(lambda: (SecretStr(OLD), SecretStr(NEW)), livemode=False)
ORDER = {
    "autocrea_purchase_id": str(purchase_id()),
    "autocrea_user_id": "user_ada",
    "autocrea_pack": "starter",
    "autocrea_tokens": "100",
    "autocrea_rate_card": "2026-11-01",
}


def event(type_: str = "checkout.session.completed", **changes: Any) -> dict[str, Any]:
    """Somewhat more than an event needs, as Stripe sends it."""
    session = {
        "id": "cs_test_1",
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 500,
        "currency": "usd",
        "payment_intent": "pi_1",
        "metadata": ORDER,
        "customer_details": {"email": "ada@example.org", "name": "Ada"},
    }
    envelope = {"id": "evt_1", "object": "event", "type": type_, "created": 1795305600, "livemode": False}
    return {
        **envelope,
        "account": None,
        "data": {"object": session},
        "api_version": "2026-10-28.endive",
        **changes,
    }


def sign(body: bytes, secret: str = NEW, *, age: float = 0, scheme: str = "v1") -> str:
    """`Stripe-Signature` made by hand, as Stripe documents it."""
    at = int(time.time() - age)
    return f"t={at},{scheme}={hmac.new(secret.encode(), f'{at}.'.encode() + body, sha256).hexdigest()}"


def body_of(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode()


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_an_event_is_let_in_with_either_secret_while_they_change(secret: str) -> None:
    body = body_of(event())

    admitted = DOOR.open(body, sign(body, secret))

    assert admitted is not None
    assert (admitted.event_id, admitted.type) == ("evt_1", "checkout.session.completed")


def test_one_of_several_signatures_suffices() -> None:
    body = body_of(event())
    good = sign(body)

    assert DOOR.open(body, f"{good},v1={'0' * 64},v0=abc") is not None


def code(body: bytes, signature: str | None, door: StripeDoor = DOOR) -> str:
    with pytest.raises(Refused) as caught:
        door.open(body, signature)
    assert caught.value.status == 400
    return caught.value.code


@pytest.mark.parametrize(
    "make",
    [
        lambda body: sign(body, "whsec_another"),
        lambda body: sign(body, ""),
        lambda body: sign(body, age=TOLERANCE_SECONDS + 5),
        lambda body: sign(body + b" "),
        lambda body: sign(body, scheme="v0"),
        lambda body: sign(body).replace("v1=", "v1=0"),
        lambda body: "t=now,v1=abc",
        lambda body: "",
        lambda body: None,
    ],
    ids=["bad", "empty secret", "old", "other body", "other scheme", "bent", "garbage", "empty", "missing"],
)
def test_a_forged_signature_is_refused(make: Any) -> None:
    body = body_of(event())
    assert code(body, make(body)) == "invalid_signature"


def test_nothing_is_believed_when_no_secret_is_set() -> None:
    body = body_of(event())
    for secret in ("", " ", NEW):
        assert code(body, sign(body, secret), StripeDoor(tuple, livemode=False)) == "invalid_signature"
    assert [parted(SecretStr(text)) for text in ("", " ", ",", " , ")] == [()] * 4


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (event(livemode=True), "wrong_livemode"),
        (event(account="acct_other"), "wrong_account"),
        (event(livemode="perhaps"), "invalid_request"),
        (event(id="re_1"), "invalid_request"),
        (event(data={"object": {"id": "cs_test_1"}}), "invalid_request"),
        ({"id": "evt_1"}, "invalid_request"),
    ],
    ids=["livemode", "account", "mode unclear", "id", "object", "nothing"],
)
def test_a_signed_event_is_refused_when_it_is_not_about_this_account(said: dict[str, Any], why: str) -> None:
    body = body_of(said)
    assert code(body, sign(body)) == why


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_a_signed_body_is_refused_when_it_is_no_event(body: bytes) -> None:
    assert code(body, sign(body)) in ("invalid_request", "invalid_signature")


def test_what_decides_nothing_is_taken_and_forgotten() -> None:
    for type_ in ("payment_intent.succeeded", "charge.refunded", "customer.created"):
        body = body_of(event(type_, data={"object": {"id": "pi_1"}}))
        assert DOOR.open(body, sign(body)) is None


def test_nothing_of_who_paid_is_kept() -> None:
    body = body_of(event())
    admitted = DOOR.open(body, sign(body))

    assert admitted is not None
    assert "ada@example.org" not in str(admitted.content)
    assert fact_of(admitted) == SessionFact(
        session_id="cs_test_1", purchase_id=purchase_id(), user_id="user_ada", pack="starter", tokens=100,
        rate_card_version="2026-11-01", amount=500, currency="usd", payment_id="pi_1", session="complete",
        payment="paid",
    )  # type: ignore[arg-type]  # fmt: skip


def test_a_session_of_somebody_else_on_the_account_says_nothing() -> None:
    said = event()
    said["data"]["object"]["metadata"] = {"order": "7"}
    body = body_of(said)
    admitted = DOOR.open(body, sign(body))

    assert admitted is not None
    assert fact_of(admitted) is None


@pytest.mark.parametrize(
    ("type_", "object_", "kind"),
    [
        ("refund.created", {"id": "re_1", "status": "pending"}, "refund"),
        ("charge.refund.updated", {"id": "re_1", "status": "succeeded"}, "refund"),
        ("charge.dispute.funds_withdrawn", {"id": "dp_1", "status": "needs_response"}, "dispute"),
    ],
)
def test_a_reversal_names_its_payment_also_when_stripe_spells_it_out(
    type_: str, object_: dict[str, Any], kind: str
) -> None:
    for payment in ("pi_1", {"id": "pi_1", "object": "payment_intent"}):
        said = object_ | {"amount": 200, "currency": "usd", "payment_intent": payment}
        body = body_of(event(type_, data={"object": said}))
        admitted = DOOR.open(body, sign(body))

        assert admitted is not None
        fact = fact_of(admitted)
        assert isinstance(fact, Reversal)
        assert (fact.kind, fact.payment_id, fact.amount) == (kind, "pi_1", 200)


ENVIRONMENT: dict[str, Any] = {
    "database_url": "postgresql://x/x", "broker_url": "amqp://x", "operator_token": "o", "gateway_token": "g",
    "_env_file": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {"STRIPE_SECRET_KEY": "sk_test_1"},
        {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": " , "},
        {"STRIPE_SECRET_KEY": "pk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"},
        {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1", "ENV": "production"},
        {
            "STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1", "ENV": "production",
            "STRIPE_API_URL": "http://127.0.0.1:7090/stripe",
        },
    ],
    ids=["no secret", "empty secrets", "publishable key", "test key in production", "simulator in production"],
)  # fmt: skip
def test_the_service_does_not_start_when_money_would_be_believed_too_easily(said: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="STRIPE"):
        Settings(**ENVIRONMENT, **said)


def test_the_mode_is_that_of_the_key_and_secrets_may_be_two() -> None:
    live = Settings(**ENVIRONMENT, STRIPE_SECRET_KEY="rk_live_1", STRIPE_WEBHOOK_SECRET="whsec_1, whsec_2")

    assert live.stripe_mode == "live"
    assert [one.get_secret_value() for one in parted(live.stripe_keys()[1])] == ["whsec_1", "whsec_2"]
    assert Settings(**ENVIRONMENT).stripe_mode is None


def test_keys_may_stand_in_files_and_a_bad_file_is_named(tmp_path: Path) -> None:
    files = {"STRIPE_SECRET_KEY_FILE": tmp_path / "key", "STRIPE_WEBHOOK_SECRET_FILE": tmp_path / "secret"}
    files["STRIPE_SECRET_KEY_FILE"].write_text("sk_test_1\n")
    with pytest.raises(ValidationError, match="STRIPE_WEBHOOK_SECRET_FILE: No such file"):
        Settings(**ENVIRONMENT, **files)
    files["STRIPE_WEBHOOK_SECRET_FILE"].write_text("whsec_1\n")
    assert Settings(**ENVIRONMENT, **files).stripe_mode == "test"
    with pytest.raises(ValidationError, match="both set"):
        Settings(**ENVIRONMENT, **files, STRIPE_SECRET_KEY="sk_test_2")
