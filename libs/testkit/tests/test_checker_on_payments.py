"""I8 for payments: what Stripe and the books have otherwise is found; each finding is proved by a planted defect."""

import json
from datetime import timedelta
from typing import Any

import pytest
from autocrea.testkit.checker.evidence import Evidence
from autocrea.testkit.checker.payments import check

ORDER = {"autocrea_purchase_id": "p-1", "autocrea_tokens": "100"}


class Shop:
    """One purchase of 100 tokens for 500, paid, with a refund of 200: 60 tokens are left."""

    def __init__(self) -> None:
        session = {"id": "cs_1", "payment_intent": "pi_1", "payment_status": "paid", "amount_total": 500}
        self.stripe: dict[str, list[dict[str, Any]]] = {
            "checkout/sessions": [session | {"metadata": ORDER}],
            "refunds": [{"id": "re_1", "payment_intent": "pi_1", "amount": 200, "status": "succeeded"}],
            "disputes": [],
        }
        line = {"purchase_id": "p-1", "user_id": "user_ada"}
        self.transfers = [
            line | {"kind": "purchase", "amount_tokens": 100},
            line | {"kind": "reversal", "amount_tokens": 40},
            line | {"kind": "receivable", "amount_tokens": 15},
        ]
        self.purchases = [{"purchase_id": "p-1", "payment": "paid", "credited_at": "then", "version": 2}]
        self.events = [{"event_id": "evt_1", "type": "refund.created", "handled_at": "then"}]
        self.versions = [1, 2]

    def findings(self) -> list[str]:
        told = [
            {"id": n, "type": "billing.purchase_changed.v1", "body": self._told(version)}
            for n, version in enumerate(self.versions)
        ]
        billing = {
            "transfers": self.transfers,
            "purchases": self.purchases,
            "stripe_events": self.events,
            "outbox": told,
        }
        return list(check(Evidence({"billing": billing}, {}, (), timedelta(days=1), self.stripe)))

    def _told(self, version: int) -> str:
        return json.dumps({"data": {"purchase_id": "p-1", "version": version}})


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_nothing_is_found_when_books_and_stripe_agree(shop: Shop) -> None:
    assert shop.findings() == []


def test_what_others_sell_on_the_account_is_not_looked_at(shop: Shop) -> None:
    shop.stripe["checkout/sessions"].append({"id": "cs_2", "metadata": {}, "payment_intent": "pi_2"})
    assert shop.findings() == []


def plant(shop: Shop, defect: str) -> None:
    match defect:
        case "credited twice":
            shop.transfers.append(shop.transfers[0])
        case "credited and not paid":
            shop.stripe["checkout/sessions"][0]["payment_status"] = "unpaid"
        case "refund not taken back":
            shop.stripe["refunds"].append(shop.stripe["refunds"][0] | {"id": "re_2"})
        case "failed refund taken back":
            shop.stripe["refunds"][0]["status"] = "failed"
        case "dispute not taken back":
            dispute = {"id": "dp_1", "payment_intent": "pi_1", "amount": 300, "status": "lost"}
            shop.stripe["disputes"].append(dispute)
        case "credit out of nothing":
            shop.transfers.append(shop.transfers[0] | {"purchase_id": "p-2"})
        case "no session":
            shop.purchases.append(shop.purchases[0] | {"purchase_id": "p-2", "version": 0})
        case "paid and not credited":
            shop.purchases[0]["credited_at"] = None
        case "a version twice":
            shop.versions = [1, 2, 2]
        case "event waits":
            shop.events[0]["handled_at"] = None


@pytest.mark.parametrize(
    ("defect", "finding"),
    [
        ("credited twice", "I8: purchase p-1 (cs_1) shall have 60 tokens"),
        ("credited and not paid", "I8: purchase p-1 (cs_1) shall have 0 tokens"),
        ("refund not taken back", "I8: purchase p-1 (cs_1) shall have 20 tokens"),
        ("failed refund taken back", "I8: purchase p-1 (cs_1) shall have 100 tokens"),
        ("dispute not taken back", "I8: purchase p-1 (cs_1) shall have 0 tokens"),
        ("credit out of nothing", "I8: the ledger has 100 tokens for purchase p-2"),
        ("no session", "I8: purchase p-2 has no session"),
        ("paid and not credited", "I8: purchase p-1 is paid and not credited"),
        ("a version twice", "I8: of purchase p-1 the versions [1, 2, 2] were told, it is at 2"),
        ("event waits", "I8: evt_1 (refund.created) was stored and never handled"),
    ],
)
def test_a_planted_defect_is_found(shop: Shop, defect: str, finding: str) -> None:
    plant(shop, defect)

    assert any(one.startswith(finding) for one in shop.findings()), shop.findings()
