"""A person leaves: all their projects go, and everything here that is about them but is no amount.

What stays is the identity issuer's name for them, which says nothing about anybody once the issuer has forgotten them,
with their balance: billing's books must stay whole, a debt must stay a debt, and nobody is welcomed twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autocrea.chassis.handlers import Effects, Signal
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.project import Erasure
from autocrea.gateway.domain.read_model import (
    FEED_CHANNEL,
    LEAVE_CHANNEL,
    Key,
    Rows,
    user_contents_key,
    user_key,
    user_stream,
)
from autocrea.gateway.handlers.delete_project import erase

ACCOUNT_ERASED = "account_erased"


@dataclass(frozen=True, slots=True)
class DeleteAccount:
    """Run with `transact(command.keys(), command.decide)`; asked for twice it finds nothing more to do."""

    identity: Identity

    def keys(self) -> Sequence[Key]:
        return user_key(self.identity.user_id), user_contents_key(self.identity.user_id)

    def decide(self, rows: Rows, now: datetime) -> tuple[None, Effects]:
        user_id = self.identity.user_id
        told = Signal(FEED_CHANNEL, user_stream(user_id)), Signal(LEAVE_CHANNEL, user_id)
        effects = Effects(signals=told)
        for project_id, generation_ids in rows.contents.items():
            effects += erase(rows, Erasure(project_id, user_id, generation_ids), now)
        rows.erased_accounts.append(user_id)
        rows.tell_user(user_id, ACCOUNT_ERASED, now, {})
        return None, effects
