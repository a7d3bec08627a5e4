"""Session tokens for the command line: the person's own, else one from the identity simulator."""

import json
import os
import urllib.error
import urllib.request
from typing import Any

from autocrea.cli.trouble import BadUse, Trouble

TOKEN_VARIABLE = "AUTOCREA_TOKEN"  # noqa: S105 -- a variable's name

ANSWER_SECONDS = 10.0
"""The simulator signs a token in milliseconds; a busy machine gets time."""


def session_token(report: dict[str, Any], account: str) -> str:
    """A token of the simulator's for one of its accounts. Raises Trouble."""
    identity = report["urls"].get("identity")
    if identity is None:
        raise Trouble("no_identity")
    answer = _post(f"{identity}/token", {"account": account})
    if "token" not in answer:
        raise BadUse("bad_account", account=account)
    return str(answer["token"])


def given_token(token: str | None) -> str | None:
    """The token of the person's own: the option, else the variable."""
    return token or os.environ.get(TOKEN_VARIABLE) or None


def mint_account(report: dict[str, Any]) -> str:
    """A new account at the simulator, its e-mail verified: it gets the welcome tokens once, as any person
    does."""
    answer = _post(f"{report['urls']['simulators']}/_sim/identity/accounts", {})
    return str(answer["account"])


def _post(url: str, body: dict[str, object]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 -- the simulator's own address
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # loopback never goes through a proxy
    try:
        with opener.open(request, timeout=ANSWER_SECONDS) as answer:
            return dict(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        return {"error": error.code}
    except OSError as error:
        raise Trouble("gateway_unreachable", url=url, reason=error) from error
