"""`sim set|rules|clear|log`: what the simulated models shall do to whose calls, and what they were asked."""

import json
from typing import Annotated, Any, TypeAlias

import typer
from autocrea.cli.commands.options import JsonOption
from autocrea.cli.operating.simulators import Simulators
from autocrea.cli.stack.report import running_stack
from autocrea.cli.stack.state import find_state
from autocrea.cli.terminal import print_whole, table, tell, told
from autocrea.cli.texts import say
from autocrea.cli.trouble import BadUse, Trouble
from rich.markup import escape
from typer import Option

sim = typer.Typer(help="Lo simulado: cómo falla, y qué se le pidió.", no_args_is_help=True)

Text: TypeAlias = str | None
Count: TypeAlias = int | None
Number: TypeAlias = float | None

GARBLES = "prose, fences, spaced_tags, wrong_nonce, fenced_files, unclosed_file, crlf, broken_json, noise"
FRAMINGS = "crlf, cr, comments, split_lines, no_space, unknown_events, no_end"
ERRORS = "rate_limit, overloaded, credit, spend_limit, spend_cap, moderated, invalid_key, unknown_model, …"
USAGES = "omitted, zero, doubled, negative, huge, text, null"

MATCHED = ("project", "step", "user", "provider", "model", "attempt", "nth")
EFFECTS = {
    "status": "status",
    "error": "error",
    "error_after": "error_after_chars",
    "delay": "delay_seconds",
    "first_token_delay": "first_token_delay_seconds",
    "think": "think_seconds",
    "rate": "tokens_per_second",
    "stall_after": "stall_after_chars",
    "keep_alive": "keep_alive_seconds",
    "truncate_at": "length_after_chars",
    "refuse_at": "refuse_after_chars",
    "disconnect_at": "drop_after_chars",
    "disconnect_at_byte": "drop_after_bytes",
    "garble": "garble",
    "framing": "framing",
    "usage": "usage",
}
"""Options of `set` and what the simulators call them."""

RULE_COLUMNS = ("id", "match", "effect", "times", "applied")
LOG_COLUMNS = (
    "time",
    "provider",
    "model",
    "project",
    "step",
    "attempt",
    "status",
    "outcome",
    "bytes_sent",
    "rule",
)


@sim.command("set")
@told
def set_rule(
    project: Annotated[Text, Option(help="Solo este proyecto.")] = None,
    step: Annotated[Text, Option(help="Solo este paso: architecture, backend, …")] = None,
    user: Annotated[Text, Option(help="Solo esta persona, por su id.")] = None,
    provider: Annotated[Text, Option(help="Solo joxcoder, openai o anthropic.")] = None,
    model: Annotated[Text, Option(help="Solo este modelo.")] = None,
    attempt: Annotated[Count, Option(help="Solo este intento del paso.")] = None,
    nth: Annotated[Count, Option(help="Solo la enésima de esas llamadas.")] = None,
    times: Annotated[Count, Option(help="Cuántas veces; si no, siempre.")] = None,
    status: Annotated[Count, Option(help="Responde con este código HTTP.")] = None,
    error: Annotated[Text, Option(help=f"Responde con este error: {ERRORS}")] = None,
    error_after: Annotated[Count, Option(help="Ese error, tras tantos caracteres.")] = None,
    retry_after: Annotated[Number, Option(help="Cabecera Retry-After, en segundos.")] = None,
    delay: Annotated[Number, Option(help="Segundos hasta las cabeceras.")] = None,
    first_token_delay: Annotated[Number, Option(help="Segundos hasta el primer carácter.")] = None,
    think: Annotated[Number, Option(help="Segundos que piensa antes de escribir.")] = None,
    rate: Annotated[Number, Option(help="Tokens por segundo; 0 es sin espera.")] = None,
    stall_after: Annotated[Count, Option(help="Calla tras tantos caracteres.")] = None,
    keep_alive: Annotated[Number, Option(help="Al callar, una señal de vida cada tantos segundos.")] = None,
    truncate_at: Annotated[Count, Option(help="Termina por longitud tras tantos caracteres.")] = None,
    refuse_at: Annotated[Count, Option(help="Se niega a seguir tras tantos caracteres.")] = None,
    disconnect_at: Annotated[Count, Option(help="Corta la conexión tras tantos caracteres.")] = None,
    disconnect_at_byte: Annotated[Count, Option(help="Corta tras tantos bytes de la respuesta.")] = None,
    garble: Annotated[list[str] | None, Option(help=f"Desliz del texto (repetible): {GARBLES}")] = None,
    framing: Annotated[list[str] | None, Option(help=f"Forma del SSE (repetible): {FRAMINGS}")] = None,
    usage: Annotated[Text, Option(help=f"Cuenta mal los tokens: {USAGES}")] = None,
    effect: Annotated[Text, Option(help="Más efectos, como objeto JSON de POST /_sim/rules.")] = None,
) -> None:
    """Pone una regla: a qué llamadas y qué les pasa. Sin filtros vale para todas."""
    options = locals()
    simulators = _simulators()
    effects = _effects(options, retry_after) | _object(effect)
    if not effects:
        raise BadUse("rule_without_effect")
    match = {name: options[name] for name in MATCHED if options[name] is not None}
    rule = simulators.add({"match": match, "effect": effects, "times": times})
    tell("rule_set", id=rule["id"])


@sim.command("rules")
@told
def rules(as_json: JsonOption = False) -> None:
    """Las reglas en vigor, y a cuántas llamadas se aplicaron."""
    found = _simulators().rules()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    if not found:
        tell("no_rules")
        return
    _print_table(RULE_COLUMNS, [rule | {"times": rule.get("times", "∞")} for rule in found])


@sim.command("clear")
@told
def clear(
    rule_id: Annotated[Count, typer.Argument(metavar="[ID]", help="La regla; si no, todas.")] = None,
    project: Annotated[Text, Option(help="Las de este proyecto.")] = None,
) -> None:
    """Quita reglas: lo que estaba roto se cura."""
    removed = _simulators().clear(rule_id, project)
    if rule_id is not None and not removed:
        raise Trouble("no_rule", id=rule_id)
    tell("rules_removed", count=removed)


@sim.command("log")
@told
def log(
    project: Annotated[Text, Option(help="Solo este proyecto.")] = None,
    step: Annotated[Text, Option(help="Solo este paso.")] = None,
    provider: Annotated[Text, Option(help="Solo este proveedor.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Qué se pidió, cómo acabó y cuántas llamadas hubo a la vez; nunca el texto."""
    found = _simulators().log(project=project, step=step, provider=provider)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    if not found["calls"]:
        tell("no_calls")
        return
    _print_table(LOG_COLUMNS, [call | {"time": call["time"][:19]} for call in found["calls"]])
    at_once = ", ".join(f"{name} {count}" for name, count in sorted(found["concurrent_max"].items()))
    tell("calls_at_once", counts=at_once)


def _simulators() -> Simulators:
    return Simulators(running_stack(find_state()))


def _effects(options: dict[str, Any], retry_after: float | None) -> dict[str, Any]:
    """What the given options ask for; usage that is not told is no miscount of it."""
    effects = {field: options[name] for name, field in EFFECTS.items() if options[name] not in (None, [])}
    if effects.get("usage") == "omitted":
        effects = {field: value for field, value in effects.items() if field != "usage"} | {
            "omit_usage": True
        }
    return effects | ({} if retry_after is None else {"headers": {"Retry-After": f"{retry_after:g}"}})


def _object(text: str | None) -> dict[str, Any]:
    """The effects given as JSON. Raises Trouble."""
    try:
        value = {} if text is None else json.loads(text)
    except ValueError as error:
        raise BadUse("effect_no_json", reason=error) from None
    if not isinstance(value, dict):
        raise BadUse("effect_no_json", reason=type(value).__name__)
    return value


def _print_table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    shown = table(*(say(f"column_{name}") for name in columns))
    for row in rows:
        shown.add_row(*(escape(_cell(row.get(name))) for name in columns))
    print_whole(shown)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={_cell(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ",".join(_cell(part) for part in value)
    return "" if value is None else str(value)
