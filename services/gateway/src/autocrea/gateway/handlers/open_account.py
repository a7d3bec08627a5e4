"""The first authenticated request of a person, and the first one with a verified e-mail: billing is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autocrea.chassis.handlers import Effects
from autocrea.contracts.ids import UserId
from autocrea.gateway.domain.read_model import Key, Rows, user_key


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """Run with `transact(command.keys(), command.decide)`."""

    user_id: UserId
    email_verified: bool

    def keys(self) -> Sequence[Key]:
        return (user_key(self.user_id),)

    def decide(self, rows: Rows, now: datetime) -> tuple[None, Effects]:  # noqa: ARG002
        user, fact = rows.users[self.user_id].open(email_verified=self.email_verified)
        rows.users[self.user_id] = user
        return None, Effects(messages=(fact,) if fact is not None else ())
