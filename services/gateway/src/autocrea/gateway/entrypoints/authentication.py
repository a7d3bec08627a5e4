"""Who calls: the token of every request, checked before anything is looked up, and what it allows."""

import logging
from collections import OrderedDict
from typing import Annotated

from autocrea.contracts.ids import UserId
from autocrea.gateway.domain.access_tokens import PREFIX
from autocrea.gateway.domain.identity import Identity, InvalidToken, Scope
from autocrea.gateway.entrypoints.admission import Refusals
from autocrea.gateway.entrypoints.turns import turn_of
from autocrea.gateway.handlers.open_account import OpenAccount
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.ports import Gateway
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

SAFE_METHODS = frozenset({"GET", "HEAD"})
PEOPLE_REMEMBERED_MAX = 10_000  # those met lately need no look into the database; 1 MiB

log = logging.getLogger(__name__)

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A session token of the identity issuer, or an access token (`acr_…`) of `POST /api/me/tokens`. An "
    "access token with the scope `read` may GET what is one's own, with `write` use the other methods too.",
)


class Acquaintances:
    """People whose account this process knows to be open, with the state of their e-mail."""

    def __init__(self) -> None:
        self._known: OrderedDict[UserId, bool] = OrderedDict()

    async def meet(self, gateway: Gateway, identity: Identity) -> None:
        """Open the account at the first request, and again when the e-mail is first verified."""
        known = self._known.get(identity.user_id)
        if known is None or (identity.email_verified and not known):
            command = OpenAccount(identity.user_id, identity.email_verified)
            await gateway.transact(command.keys(), command.decide)
            known = identity.email_verified
        self._known[identity.user_id] = known
        self._known.move_to_end(identity.user_id)
        if len(self._known) > PEOPLE_REMEMBERED_MAX:
            self._known.popitem(last=False)


async def get_gateway(request: Request) -> Gateway:
    """What the application was wired with. Async like every function here: a plain one would wait for a thread."""
    gateway: Gateway = request.app.state.gateway
    return gateway


Wired = Annotated[Gateway, Depends(get_gateway)]


async def get_identity(
    request: Request,
    gateway: Wired,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Identity:
    """The caller, who may do what the method does; raises `Refused` with 401, 403 or 429."""
    if credentials is None or gateway.sessions is None:
        raise refused("unauthenticated")
    vouching = gateway.access_tokens if credentials.credentials.startswith(PREFIX) else gateway.sessions
    try:
        identity = await vouching.identify(credentials.credentials)
    except InvalidToken as error:
        log.info("token refused", extra={"reason": error.reason})
        raise refused(error.code) from error
    await _admit(request, gateway, identity.user_id)
    _require(identity, "read" if request.method in SAFE_METHODS else "write")
    acquaintances: Acquaintances = request.app.state.acquaintances
    await acquaintances.meet(gateway, identity)
    return identity


async def _admit(request: Request, gateway: Gateway, user_id: UserId) -> None:
    """Wait for a turn and be counted; raises `Refused` where the line or the minute is full."""
    turn = turn_of(request.scope)
    wait = await turn.take(user_id)
    if wait is None:
        wait = await gateway.request_limits.admit_user(user_id)
    if wait is None:
        return
    turn.give_back()
    refusals: Refusals = request.app.state.refusals
    refusals.remember(request.scope, wait)
    await refusals.hesitate()
    raise refused("too_many_requests", retry_after_seconds=wait)


Caller = Annotated[Identity, Depends(get_identity)]


async def get_account_holder(caller: Caller) -> Identity:
    """The caller in a session: an access token can neither make others nor end the account."""
    _require(caller, "account")
    return caller


async def get_operator(caller: Caller) -> Identity:
    """The caller, an operator in a session."""
    if "operate" not in caller.scopes:
        raise refused("operators_only")
    return caller


AccountHolder = Annotated[Identity, Depends(get_account_holder)]
Operator = Annotated[Identity, Depends(get_operator)]


def _require(identity: Identity, scope: Scope) -> None:
    if scope not in identity.scopes:
        raise refused("scope_missing", scope=scope)
