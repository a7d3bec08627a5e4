"""What a fault says to the person who paid, in both languages: what became of their tokens, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from autocrea.contracts.shapes import LocalText


@dataclass(frozen=True, slots=True)
class FaultText:
    """The words of one row of the fault table."""

    text: LocalText
    next_action: LocalText


TEXTS: Final[Mapping[str, FaultText]] = MappingProxyType(
    {
        "provider_unavailable": FaultText(
            text=LocalText(
                es=(
                    "Ningún modelo respondió a tiempo. No pagas nada: te devolvimos todos los tokens de "
                    "este intento."
                ),
                en="No model answered in time. You pay nothing: all tokens of this run were returned.",
            ),
            next_action=LocalText(
                es="Espera unos minutos y pulsa Reintentar; lo que ya estaba hecho se aprovecha.",
                en="Wait a few minutes and press Retry; what was already done is kept.",
            ),
        ),
        "provider_account": FaultText(
            text=LocalText(
                es=(
                    "El proveedor del modelo rechazó nuestra cuenta. Es cosa nuestra, no tuya, y te "
                    "devolvimos todos los tokens de este intento."
                ),
                en=(
                    "The model's provider rejected our account. That is on us, not on you, and all tokens"
                    " of this run were returned."
                ),
            ),
            next_action=LocalText(
                es="Lo tiene que arreglar nuestro equipo. Reintenta más tarde o elige otro modelo.",
                en="Our team has to mend it. Retry later or choose another model.",
            ),
        ),
        "request_rejected": FaultText(
            text=LocalText(
                es=(
                    "El modelo no aceptó la petición que le enviamos. Te devolvimos todos los tokens de "
                    "este intento."
                ),
                en=(
                    "The model did not accept the request that we sent. All tokens of this run were returned."
                ),
            ),
            next_action=LocalText(
                es="Reintenta con otro modelo o con una descripción más corta.",
                en="Retry with another model or with a shorter description.",
            ),
        ),
        "run_deadline": FaultText(
            text=LocalText(
                es=(
                    "La generación tardó más de lo permitido y la detuvimos. Te devolvimos todos los "
                    "tokens de este intento."
                ),
                en=(
                    "The generation took longer than allowed and we stopped it. All tokens of this run "
                    "were returned."
                ),
            ),
            next_action=LocalText(
                es="Pulsa Reintentar: continúa desde el primer paso sin terminar.",
                en="Press Retry: it goes on from the first unfinished step.",
            ),
        ),
        "packaging_failed": FaultText(
            text=LocalText(
                es=(
                    "Tu aplicación está escrita, pero no pudimos preparar el ZIP. Te devolvimos todos los"
                    " tokens de este intento."
                ),
                en=(
                    "Your application is written, but we could not prepare the ZIP. All tokens of this "
                    "run were returned."
                ),
            ),
            next_action=LocalText(
                es="Pulsa Reintentar: solo falta empaquetar, ningún paso se repite.",
                en="Press Retry: only the packaging is missing, no step is repeated.",
            ),
        ),
        "internal": FaultText(
            text=LocalText(
                es="Algo falló por nuestra parte. Te devolvimos todos los tokens de este intento.",
                en="Something failed on our side. All tokens of this run were returned.",
            ),
            next_action=LocalText(
                es="Pulsa Reintentar. Si vuelve a pasar, escríbenos con el código de seguimiento.",
                en="Press Retry. If it happens again, write to us with the trace code.",
            ),
        ),
        "verification_failed": FaultText(
            text=LocalText(
                es=(
                    "Lo que escribió el modelo no pasó nuestras comprobaciones, tampoco después de "
                    "corregirlo. Ese paso no se cobra; los pasos completados, sí."
                ),
                en=(
                    "What the model wrote did not pass our checks, not even after repairs. That step is "
                    "not charged; the completed steps are."
                ),
            ),
            next_action=LocalText(
                es=("Reintenta desde ese paso, con otro modelo si quieres, o descarga lo que ya está hecho."),
                en=(
                    "Retry from that step, with another model if you like, or download what is already done."
                ),
            ),
        ),
        "output_truncated": FaultText(
            text=LocalText(
                es=(
                    "El modelo no llegó a terminar sus archivos. Ese paso no se cobra; los pasos "
                    "completados, sí."
                ),
                en=("The model did not finish its files. That step is not charged; the completed steps are."),
            ),
            next_action=LocalText(
                es="Reintenta desde ese paso, o pide una aplicación más pequeña.",
                en="Retry from that step, or ask for a smaller application.",
            ),
        ),
        "output_invalid": FaultText(
            text=LocalText(
                es=(
                    "El modelo respondió algo que no se puede leer como aplicación. Ese paso no se cobra;"
                    " los pasos completados, sí."
                ),
                en=(
                    "The model answered something that cannot be read as an application. That step is not"
                    " charged; the completed steps are."
                ),
            ),
            next_action=LocalText(
                es="Reintenta desde ese paso, con otro modelo si quieres.",
                en="Retry from that step, with another model if you like.",
            ),
        ),
        "content_refused": FaultText(
            text=LocalText(
                es=(
                    "El modelo se negó a escribir esta aplicación. Ese paso no se cobra; los pasos "
                    "completados, sí."
                ),
                en=(
                    "The model refused to write this application. That step is not charged; the completed"
                    " steps are."
                ),
            ),
            next_action=LocalText(
                es="Cambia la descripción y genera de nuevo, o reintenta con otro modelo.",
                en="Change the description and generate again, or retry with another model.",
            ),
        ),
        "cancelled_by_user": FaultText(
            text=LocalText(
                es=(
                    "Detuviste la generación. Pagas solo los pasos completados; el resto de los tokens "
                    "volvió a tu saldo."
                ),
                en=(
                    "You stopped the generation. You pay only for the completed steps; the other tokens "
                    "are back in your balance."
                ),
            ),
            next_action=LocalText(
                es="Descarga lo que ya está hecho, o reintenta desde el primer paso sin terminar.",
                en="Download what is already done, or retry from the first unfinished step.",
            ),
        ),
        "project_deleted": FaultText(
            text=LocalText(
                es=(
                    "Borraste el proyecto mientras se generaba. Pagas solo los pasos completados; el "
                    "resto de los tokens volvió a tu saldo."
                ),
                en=(
                    "You deleted the project while it was being generated. You pay only for the completed"
                    " steps; the other tokens are back in your balance."
                ),
            ),
            next_action=LocalText(
                es="No queda nada por hacer: los archivos se borraron. Puedes crear otro proyecto.",
                en="There is nothing left to do: the files were erased. You can create another project.",
            ),
        ),
        "insufficient_tokens": FaultText(
            text=LocalText(
                es="No tienes tokens suficientes para esta generación. No empezó y no se cobró nada.",
                en=(
                    "You do not have enough tokens for this generation. It did not start and nothing was "
                    "charged."
                ),
            ),
            next_action=LocalText(
                es="Compra tokens y reintenta.",
                en="Buy tokens and retry.",
            ),
        ),
        "receivable_open": FaultText(
            text=LocalText(
                es=(
                    "Un pago tuyo fue devuelto después de que usaras sus tokens, y queda una deuda de "
                    "tokens. La generación no empezó y no se cobró nada."
                ),
                en=(
                    "A payment of yours was reversed after its tokens were used, and some tokens are "
                    "owed. The generation did not start and nothing was charged."
                ),
            ),
            next_action=LocalText(
                es="Compra tokens: primero saldan la deuda y después puedes generar.",
                en="Buy tokens: they settle the debt first, and then you can generate.",
            ),
        ),
        "absorption_capped": FaultText(
            text=LocalText(
                es=(
                    "Hoy ya asumimos por ti el máximo de intentos que no terminaron. La generación no "
                    "empezó y no se cobró nada."
                ),
                en=(
                    "Today we have already paid for as many unfinished attempts of yours as we can. The "
                    "generation did not start and nothing was charged."
                ),
            ),
            next_action=LocalText(
                es="Vuelve a intentarlo cuando pase el tiempo indicado.",
                en="Try again when the time shown has passed.",
            ),
        ),
        "quote_changed": FaultText(
            text=LocalText(
                es=(
                    "El precio cambió entre que lo viste y que confirmaste. La generación no empezó y no "
                    "se cobró nada."
                ),
                en=(
                    "The price changed between your seeing it and confirming it. The generation did not "
                    "start and nothing was charged."
                ),
            ),
            next_action=LocalText(
                es="Mira el precio nuevo y vuelve a confirmar.",
                en="Look at the new price and confirm again.",
            ),
        ),
    }
)
