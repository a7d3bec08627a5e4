"""A person takes an access token back: from the commit on it proves nothing, and what it opened ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from autocrea.chassis.handlers import Effects, Signal
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.read_model import LEAVE_CHANNEL, Key, Rows, access_tokens_key, user_key
from autocrea.gateway.handlers.refusals import refused


@dataclass(frozen=True, slots=True)
class RevokeAccessToken:
    """Run with `transact(command.keys(), command.decide)`."""

    identity: Identity
    token_id: UUID

    def keys(self) -> Sequence[Key]:
        return (user_key(self.identity.user_id), access_tokens_key(self.identity.user_id))

    def decide(self, rows: Rows, now: datetime) -> tuple[None, Effects]:  # noqa: ARG002
        if rows.access_tokens.pop(self.token_id, None) is None:
            raise refused("not_found")
        return None, Effects(signals=(Signal(LEAVE_CHANNEL, self.identity.user_id),))
