"""`token …`: a person's own access tokens, with which programs speak to the API in their name."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from autocrea.cli.commands.generate import DEMO_ACCOUNT, AccountOption, JsonOption, TokenOption
from autocrea.cli.generation.api import GatewayApi
from autocrea.cli.identity import given_token, session_token
from autocrea.cli.stack.report import running_stack
from autocrea.cli.stack.state import find_state
from autocrea.cli.terminal import print_whole, table, tell, told
from autocrea.cli.texts import language, say
from rich.markup import escape

T = TypeVar("T")

DAYS_DEFAULT, DAYS_MAX = 90, 365
"""The API's own."""

token = typer.Typer(help="Tus tokens de acceso (acr_…), para programas.", no_args_is_help=True)


class AccessScope(StrEnum):
    """What a token may do."""

    READ = "read"
    WRITE = "write"


NameOption = Annotated[str, typer.Option("--name", "-n", help="Para ti: dónde se usa.")]
ScopeOption = Annotated[
    list[AccessScope] | None,
    typer.Option(
        "--scope", "-s", help="Qué permite: read mira, write crea y cambia. Repetible; si no, los dos."
    ),
]
ExpiresOption = Annotated[
    int, typer.Option("--expires", min=1, max=DAYS_MAX, help="Dentro de cuántos días caduca.")
]


@token.command("create")
@told
def token_create(
    name: NameOption,
    scope: ScopeOption = None,
    expires: ExpiresOption = DAYS_DEFAULT,
    as_json: JsonOption = False,
    session: TokenOption = None,
    account: AccountOption = DEMO_ACCOUNT,
) -> None:
    """Crea uno. En la salida estándar va el token solo; no se vuelve a mostrar."""
    scopes = [one.value for one in dict.fromkeys(scope or AccessScope)]
    made = _ask(session, account, lambda api: api.create_access_token(name, scopes, expires))
    if as_json:
        print(json.dumps(made, ensure_ascii=False))
        return
    print(made["token"])
    tell(
        "token_created",
        name=made["name"],
        scopes=", ".join(made["scopes"]),
        until=made["expires_at"][:10],
        id=made["token_id"],
    )


@token.command("list")
@told
def token_list(
    as_json: JsonOption = False, session: TokenOption = None, account: AccountOption = DEMO_ACCOUNT
) -> None:
    """Los que aún valen, el más nuevo primero."""
    found = _ask(session, account, lambda api: api.access_tokens())
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    if not found:
        tell("no_tokens")
        return
    columns = ("id", "label", "scopes", "hint", "expires_at", "last_used_at")
    shown = table(*(say(f"column_{name}") for name in columns))
    for one in found:
        shown.add_row(
            one["token_id"],
            escape(one["name"]),
            ", ".join(one["scopes"]),
            f"…{one['hint']}",
            one["expires_at"][:10],
            (one["last_used_at"] or "")[:16],
        )
    print_whole(shown)


@token.command("revoke")
@told
def token_revoke(
    id_: Annotated[UUID, typer.Argument(metavar="ID", help="Su identificador, de `token list`.")],
    session: TokenOption = None,
    account: AccountOption = DEMO_ACCOUNT,
) -> None:
    """Lo retira: desde ese momento no vale, y lo que seguía con él se corta."""
    _ask(session, account, lambda api: api.revoke_access_token(str(id_)))
    tell("token_revoked", id=id_)


def _ask(session: str | None, account: str, question: Callable[[GatewayApi], Awaitable[T]]) -> T:
    """One question in the person's name. Raises Trouble."""
    report = running_stack(find_state())
    bearer = given_token(session) or session_token(report, account)

    async def ask() -> T:
        async with GatewayApi(report["urls"]["api"], bearer, language()) as api:
            return await question(api)

    return asyncio.run(ask())
