"""The fault table: what each way of not getting an application means for the person who paid, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from autocrea.contracts.shapes import LocalText
from autocrea.contracts.vocabulary import known


class FaultCode(StrEnum):
    """Why a run did not end with a completed application."""

    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_ACCOUNT = "provider_account"
    REQUEST_REJECTED = "request_rejected"
    RUN_DEADLINE = "run_deadline"
    PACKAGING_FAILED = "packaging_failed"
    INTERNAL = "internal"
    VERIFICATION_FAILED = "verification_failed"
    OUTPUT_TRUNCATED = "output_truncated"
    OUTPUT_INVALID = "output_invalid"
    CONTENT_REFUSED = "content_refused"
    CANCELLED_BY_USER = "cancelled_by_user"
    PROJECT_DELETED = "project_deleted"
    INSUFFICIENT_TOKENS = "insufficient_tokens"
    RECEIVABLE_OPEN = "receivable_open"
    ABSORPTION_CAPPED = "absorption_capped"
    QUOTE_CHANGED = "quote_changed"


class FaultClass(StrEnum):
    """Whose side a fault is on, which decides who pays."""

    INFRASTRUCTURE = "infrastructure"
    """Ours: the whole run is refunded and nothing counts as absorbed."""
    MODEL = "model"
    """The model's: completed steps stay charged, the failed one is not."""
    PERSON = "person"
    """The person's own decision: completed steps stay charged."""
    REFUSED = "refused"
    """The run was not started: nothing was held."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table."""

    code: FaultCode
    fault_class: FaultClass
    retryable: bool
    text: LocalText
    """What happened, and what it means for the person's tokens."""
    next_action: LocalText
    """What the person can do now."""

    @property
    def refunds(self) -> bool:
        """True when every charge of the run becomes 0."""
        return self.fault_class is FaultClass.INFRASTRUCTURE

    @property
    def counts_as_absorbed(self) -> bool:
        """True when what the platform paid counts against the person's daily allowance."""
        return self.fault_class in (FaultClass.MODEL, FaultClass.PERSON)


def fault(code: str) -> Fault:
    """The row of `code`; a code newer than this build reads as `internal`, which charges the person nothing."""
    return FAULTS[known(FaultCode, code) or FaultCode.INTERNAL]


def _row(
    code: FaultCode,
    fault_class: FaultClass,
    text: tuple[str, str],
    next_action: tuple[str, str],
    *,
    retryable: bool = True,
) -> Fault:
    (text_es, text_en), (next_es, next_en) = text, next_action
    return Fault(
        code, fault_class, retryable, LocalText(es=text_es, en=text_en), LocalText(es=next_es, en=next_en)
    )


_TABLE: Final = (
    _row(
        FaultCode.PROVIDER_UNAVAILABLE,
        FaultClass.INFRASTRUCTURE,
        (
            "Ningún modelo respondió a tiempo. No pagas nada: te devolvimos todos los tokens de este intento.",
            "No model answered in time. You pay nothing: all tokens of this run were returned.",
        ),
        (
            "Espera unos minutos y pulsa Reintentar; lo que ya estaba hecho se aprovecha.",
            "Wait a few minutes and press Retry; what was already done is kept.",
        ),
    ),
    _row(
        FaultCode.PROVIDER_ACCOUNT,
        FaultClass.INFRASTRUCTURE,
        (
            "El proveedor del modelo rechazó nuestra cuenta. Es cosa nuestra, no tuya, y te devolvimos todos los tokens "
            "de este intento.",
            "The model's provider rejected our account. That is on us, not on you, and all tokens of this run were "
            "returned.",
        ),
        (
            "Ya avisamos a nuestro equipo. Reintenta más tarde o elige otro modelo.",
            "Our team has been alerted. Retry later or choose another model.",
        ),
    ),
    _row(
        FaultCode.REQUEST_REJECTED,
        FaultClass.INFRASTRUCTURE,
        (
            "El modelo no aceptó la petición que le enviamos. Te devolvimos todos los tokens de este intento.",
            "The model did not accept the request that we sent. All tokens of this run were returned.",
        ),
        (
            "Reintenta con otro modelo o con una descripción más corta.",
            "Retry with another model or with a shorter description.",
        ),
    ),
    _row(
        FaultCode.RUN_DEADLINE,
        FaultClass.INFRASTRUCTURE,
        (
            "La generación tardó más de lo permitido y la detuvimos. Te devolvimos todos los tokens de este intento.",
            "The generation took longer than allowed and we stopped it. All tokens of this run were returned.",
        ),
        (
            "Pulsa Reintentar: continúa desde el primer paso sin terminar.",
            "Press Retry: it goes on from the first unfinished step.",
        ),
    ),
    _row(
        FaultCode.PACKAGING_FAILED,
        FaultClass.INFRASTRUCTURE,
        (
            "Tu aplicación está escrita, pero no pudimos preparar el ZIP. Te devolvimos todos los tokens de este "
            "intento.",
            "Your application is written, but we could not prepare the ZIP. All tokens of this run were returned.",
        ),
        (
            "Pulsa Reintentar: solo falta empaquetar, ningún paso se repite.",
            "Press Retry: only the packaging is missing, no step is repeated.",
        ),
    ),
    _row(
        FaultCode.INTERNAL,
        FaultClass.INFRASTRUCTURE,
        (
            "Algo falló por nuestra parte. Te devolvimos todos los tokens de este intento.",
            "Something failed on our side. All tokens of this run were returned.",
        ),
        (
            "Pulsa Reintentar. Si vuelve a pasar, escríbenos con el código de seguimiento.",
            "Press Retry. If it happens again, write to us with the trace code.",
        ),
    ),
    _row(
        FaultCode.VERIFICATION_FAILED,
        FaultClass.MODEL,
        (
            "Lo que escribió el modelo no pasó nuestras comprobaciones, tampoco después de corregirlo. Ese paso no se "
            "cobra; los pasos completados, sí.",
            "What the model wrote did not pass our checks, not even after repairs. That step is not charged; the "
            "completed steps are.",
        ),
        (
            "Reintenta desde ese paso, con otro modelo si quieres, o descarga lo que ya está hecho.",
            "Retry from that step, with another model if you like, or download what is already done.",
        ),
    ),
    _row(
        FaultCode.OUTPUT_TRUNCATED,
        FaultClass.MODEL,
        (
            "El modelo no llegó a terminar sus archivos. Ese paso no se cobra; los pasos completados, sí.",
            "The model did not finish its files. That step is not charged; the completed steps are.",
        ),
        (
            "Reintenta desde ese paso, o pide una aplicación más pequeña.",
            "Retry from that step, or ask for a smaller application.",
        ),
    ),
    _row(
        FaultCode.OUTPUT_INVALID,
        FaultClass.MODEL,
        (
            "El modelo respondió algo que no se puede leer como aplicación. Ese paso no se cobra; los pasos "
            "completados, sí.",
            "The model answered something that cannot be read as an application. That step is not charged; the "
            "completed steps are.",
        ),
        (
            "Reintenta desde ese paso, con otro modelo si quieres.",
            "Retry from that step, with another model if you like.",
        ),
    ),
    _row(
        FaultCode.CONTENT_REFUSED,
        FaultClass.MODEL,
        (
            "El modelo se negó a escribir esta aplicación. Ese paso no se cobra; los pasos completados, sí.",
            "The model refused to write this application. That step is not charged; the completed steps are.",
        ),
        (
            "Cambia la descripción y genera de nuevo, o reintenta con otro modelo.",
            "Change the description and generate again, or retry with another model.",
        ),
    ),
    _row(
        FaultCode.CANCELLED_BY_USER,
        FaultClass.PERSON,
        (
            "Detuviste la generación. Pagas solo los pasos completados; el resto de los tokens volvió a tu saldo.",
            "You stopped the generation. You pay only for the completed steps; the other tokens are back in your "
            "balance.",
        ),
        (
            "Descarga lo que ya está hecho, o reintenta desde el primer paso sin terminar.",
            "Download what is already done, or retry from the first unfinished step.",
        ),
    ),
    _row(
        FaultCode.PROJECT_DELETED,
        FaultClass.PERSON,
        (
            "Borraste el proyecto mientras se generaba. Pagas solo los pasos completados; el resto de los tokens volvió "
            "a tu saldo.",
            "You deleted the project while it was being generated. You pay only for the completed steps; the other "
            "tokens are back in your balance.",
        ),
        (
            "No queda nada por hacer: los archivos se borraron. Puedes crear otro proyecto.",
            "There is nothing left to do: the files were erased. You can create another project.",
        ),
        retryable=False,
    ),
    _row(
        FaultCode.INSUFFICIENT_TOKENS,
        FaultClass.REFUSED,
        (
            "No tienes tokens suficientes para esta generación. No empezó y no se cobró nada.",
            "You do not have enough tokens for this generation. It did not start and nothing was charged.",
        ),
        ("Compra tokens y reintenta.", "Buy tokens and retry."),
    ),
    _row(
        FaultCode.RECEIVABLE_OPEN,
        FaultClass.REFUSED,
        (
            "Un pago tuyo fue devuelto después de que usaras sus tokens, y queda una deuda de tokens. La generación no "
            "empezó y no se cobró nada.",
            "A payment of yours was reversed after its tokens were used, and some tokens are owed. The generation did "
            "not start and nothing was charged.",
        ),
        (
            "Compra tokens: primero saldan la deuda y después puedes generar.",
            "Buy tokens: they settle the debt first, and then you can generate.",
        ),
    ),
    _row(
        FaultCode.ABSORPTION_CAPPED,
        FaultClass.REFUSED,
        (
            "Hoy ya asumimos por ti el máximo de intentos que no terminaron. La generación no empezó y no se cobró "
            "nada.",
            "Today we have already paid for as many unfinished attempts of yours as we can. The generation did not "
            "start and nothing was charged.",
        ),
        (
            "Vuelve a intentarlo cuando pase el tiempo indicado.",
            "Try again when the time shown has passed.",
        ),
    ),
    _row(
        FaultCode.QUOTE_CHANGED,
        FaultClass.REFUSED,
        (
            "El precio cambió entre que lo viste y que confirmaste. La generación no empezó y no se cobró nada.",
            "The price changed between your seeing it and confirming it. The generation did not start and nothing was "
            "charged.",
        ),
        ("Mira el precio nuevo y vuelve a confirmar.", "Look at the new price and confirm again."),
    ),
)

FAULTS: Final[Mapping[FaultCode, Fault]] = MappingProxyType({row.code: row for row in _TABLE})
