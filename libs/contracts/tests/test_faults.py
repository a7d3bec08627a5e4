"""The fault table: complete, in both languages, and on the person's side where it does not know."""

import pytest
from autocrea.contracts.faults import FAULTS, Fault, FaultClass, FaultCode, fault

BY_CLASS = {
    FaultClass.INFRASTRUCTURE: (
        "provider_unavailable provider_account request_rejected run_deadline packaging_failed internal"
    ),
    FaultClass.MODEL: "verification_failed output_truncated output_invalid content_refused",
    FaultClass.PERSON: "cancelled_by_user project_deleted",
    FaultClass.REFUSED: "insufficient_tokens receivable_open absorption_capped quote_changed",
}


def test_table_has_every_code_in_its_class_when_read() -> None:
    assert set(FAULTS) == set(FaultCode)
    for fault_class, codes in BY_CLASS.items():
        assert {code.value for code, row in FAULTS.items() if row.fault_class is fault_class} == set(
            codes.split()
        )


@pytest.mark.parametrize("row", FAULTS.values(), ids=[code.value for code in FAULTS])
def test_row_tells_people_what_happened_and_what_to_do_when_shown(row: Fault) -> None:
    for text in (row.text.es, row.text.en, row.next_action.es, row.next_action.en):
        assert text.endswith(".")
        assert row.code.value not in text
        assert "  " not in text
    assert row.text.es != row.text.en


@pytest.mark.parametrize("row", FAULTS.values(), ids=[code.value for code in FAULTS])
def test_row_says_what_becomes_of_the_tokens_when_shown(row: Fault) -> None:
    words = {
        FaultClass.INFRASTRUCTURE: ("devolvimos todos los tokens", "were returned"),
        FaultClass.MODEL: ("no se cobra; los pasos completados, sí", "not charged; the completed steps are"),
        FaultClass.PERSON: ("Pagas solo los pasos completados", "pay only for the completed steps"),
        FaultClass.REFUSED: ("no se cobró nada", "nothing was charged"),
    }
    spanish, english = words[row.fault_class]
    assert spanish in row.text.es
    assert english in row.text.en


def test_only_our_own_faults_refund_the_run() -> None:
    assert {row.fault_class for row in FAULTS.values() if row.refunds} == {FaultClass.INFRASTRUCTURE}


def test_everything_can_be_retried_when_the_project_still_exists() -> None:
    assert [code for code, row in FAULTS.items() if not row.retryable] == [FaultCode.PROJECT_DELETED]


def test_unknown_code_reads_as_our_own_fault_when_a_newer_sender_used_it() -> None:
    assert fault("solar_storm") is FAULTS[FaultCode.INTERNAL]
    assert fault("output_truncated") is FAULTS[FaultCode.OUTPUT_TRUNCATED]
