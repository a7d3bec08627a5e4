"""Who calls: the session token of every request, checked before anything is looked up."""

import logging
from collections import OrderedDict
from typing import Annotated

from autocrea.contracts.ids import UserId
from autocrea.gateway.domain.identity import Identity, InvalidToken
from autocrea.gateway.handlers.open_account import OpenAccount
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.ports import Gateway
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

PEOPLE_REMEMBERED_MAX = 10_000  # those met lately need no look into the database; 1 MiB

log = logging.getLogger(__name__)

_bearer = HTTPBearer(
    auto_error=False, scheme_name="session", description="A session token of the identity issuer."
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


def get_gateway(request: Request) -> Gateway:
    """What the application was wired with."""
    gateway: Gateway = request.app.state.gateway
    return gateway


Wired = Annotated[Gateway, Depends(get_gateway)]


async def get_identity(
    request: Request,
    gateway: Wired,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Identity:
    """The caller; raises `Refused` with 401."""
    if credentials is None or gateway.sessions is None:
        raise refused("unauthenticated")
    try:
        identity = await gateway.sessions.identify(credentials.credentials)
    except InvalidToken as error:
        log.info("session token refused", extra={"reason": error.reason})
        raise refused(error.code) from error
    acquaintances: Acquaintances = request.app.state.acquaintances
    await acquaintances.meet(gateway, identity)
    return identity


Caller = Annotated[Identity, Depends(get_identity)]
