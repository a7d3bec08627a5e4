"""Every error code the API answers with: its status and the sentence a person reads. The only table of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["es", "en"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`es` and `en` may name members of the answer in braces, such as `{needed}`."""

    status: int
    es: str
    en: str


PROBLEMS: Mapping[str, Problem] = {
    "invalid_request": Problem(
        422, "La petición no es válida: {problems}.", "The request is not valid: {problems}."
    ),
    "unknown_pipeline": Problem(
        422, "No existe el tipo de aplicación «{pipeline}».", "There is no pipeline “{pipeline}”."
    ),
    "unknown_model": Problem(
        422, "El modelo «{model}» no está disponible.", "The model “{model}” is not available."
    ),
    "unknown_pack": Problem(
        422, "No hay ningún paquete «{pack}» a la venta.", "There is no pack “{pack}” for sale."
    ),
    "invalid_signature": Problem(400, "La firma no es válida.", "The signature is not valid."),
    "wrong_livemode": Problem(400, "El evento es de otro modo.", "The event is of the other mode."),
    "wrong_account": Problem(400, "El evento es de otra cuenta.", "The event is of another account."),
    "unauthenticated": Problem(401, "Inicia sesión para continuar.", "Sign in to continue."),
    "token_invalid": Problem(401, "La sesión no es válida.", "The session is not valid."),
    "token_expired": Problem(401, "La sesión ha caducado.", "The session has expired."),
    "insufficient_tokens": Problem(
        402,
        "Te faltan {missing} tokens: hacen falta {needed} y tienes {available}.",
        "You are {missing} tokens short: {needed} are needed and you have {available}.",
    ),
    "receivable_open": Problem(
        402,
        "Hay un pago devuelto pendiente de {receivable} tokens; compra tokens para cubrirlo.",
        "A reversed payment of {receivable} tokens is open; buy tokens to cover it.",
    ),
    "scope_missing": Problem(
        403, "Esta credencial no permite «{scope}».", "This credential does not allow “{scope}”."
    ),
    "operators_only": Problem(403, "Es solo para operadores.", "It is for operators alone."),
    "not_found": Problem(404, "No existe, o no es tuyo.", "It does not exist, or it is not yours."),
    "method_not_allowed": Problem(405, "Método no permitido.", "Method not allowed."),
    "not_ready": Problem(
        409, "Todavía no hay un archivo que descargar.", "There is no archive to download yet."
    ),
    "already_terminal": Problem(409, "La generación ya ha terminado.", "The generation has ended already."),
    "not_retryable": Problem(
        409, "Esta generación no se puede reintentar ahora.", "This generation cannot be retried now."
    ),
    "quote_changed": Problem(
        409,
        "El precio ha cambiado: ahora son {quote_tokens} tokens como máximo. No ha empezado nada.",
        "The price has changed: it is at most {quote_tokens} tokens now. Nothing has begun.",
    ),
    "project_full": Problem(
        409,
        "Este proyecto ya tiene {limit} generaciones; crea otro.",
        "This project has {limit} generations already; create another one.",
    ),
    "idempotency_key_reused": Problem(
        409,
        "Esa Idempotency-Key ya se usó con otra petición.",
        "That Idempotency-Key was used with another request.",
    ),
    "too_many_tokens": Problem(
        409,
        "Ya tienes {limit} tokens de acceso; borra uno.",
        "You have {limit} access tokens already; delete one.",
    ),
    "already_resolved": Problem(409, "Ya está resuelto.", "It has been resolved already."),
    "replay_failed": Problem(
        409,
        "Ha vuelto a fallar: la causa sigue ahí. No ha cambiado nada.",
        "It failed again: the cause is still there. Nothing has changed.",
    ),
    "not_decodable": Problem(
        409,
        "No se puede leer, y por eso tampoco repetir; solo se puede descartar.",
        "It cannot be read, and so not be handled again; it can only be discarded.",
    ),
    "payments_off": Problem(409, "Aquí no se pueden comprar tokens.", "Tokens cannot be bought here."),
    "body_too_large": Problem(413, "La petición es demasiado grande.", "The request is too large."),
    "range_not_satisfiable": Problem(
        416, "El archivo no tiene ese intervalo.", "The archive does not have that range."
    ),
    "too_many_requests": Problem(
        429, "Demasiadas peticiones; espera un momento.", "Too many requests; wait a moment."
    ),
    "too_many_generations": Problem(
        429,
        "Ya tienes {limit} generaciones en marcha; espera a que acabe una.",
        "You have {limit} generations running; wait until one ends.",
    ),
    "absorption_capped": Problem(
        429,
        "Has llegado al límite diario de intentos sin coste; vuelve más tarde.",
        "You have reached the daily limit of free attempts; come back later.",
    ),
    "too_many_streams": Problem(
        429, "Hay demasiadas conexiones en vivo abiertas.", "Too many live connections are open."
    ),
    "internal": Problem(
        500,
        "Algo ha fallado por nuestra parte; ya ha quedado registrado.",
        "Something failed on our side; it has been recorded.",
    ),
    "busy": Problem(
        503,
        "Hay demasiado trabajo pendiente; inténtalo en unos minutos.",
        "Too much work is waiting; try again in a few minutes.",
    ),
    "paused": Problem(
        503,
        "Ahora no se aceptan generaciones nuevas: {reason}. Las que están en marcha siguen.",
        "New generations are not taken at the moment: {reason}. Those that run go on.",
    ),
    "unavailable": Problem(
        503,
        "Ahora mismo no podemos atenderte; inténtalo en unos segundos.",
        "We cannot answer right now; try again in a few seconds.",
    ),
}


def sentence(code: str, language: Language, members: Mapping[str, Any]) -> str:
    """The text of a code for a person; raises KeyError for a code or member that the table does not know."""
    problem = PROBLEMS[code]
    return (problem.es if language == "es" else problem.en).format_map(members)
