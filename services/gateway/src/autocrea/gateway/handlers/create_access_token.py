"""A person makes an access token: the secret is answered once and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from autocrea.chassis.handlers import Effects
from autocrea.gateway.domain.access_tokens import PER_USER_MAX, AccessToken, fingerprint, hint
from autocrea.gateway.domain.identity import Identity, Scope
from autocrea.gateway.domain.read_model import Key, Rows, access_tokens_key, user_key
from autocrea.gateway.handlers.answers import Repeatable
from autocrea.gateway.handlers.refusals import refused


@dataclass(frozen=True, slots=True)
class CreateAccessToken:
    """Run with `transact(command.keys(), command.decide)`; `secret` is what the client gets besides."""

    identity: Identity
    repeatable: Repeatable
    token_id: UUID
    secret: str
    name: str
    scopes: tuple[Scope, ...]
    lifetime: timedelta

    def keys(self) -> Sequence[Key]:
        user_id = self.identity.user_id
        return (user_key(user_id), access_tokens_key(user_id), *self.repeatable.keys())

    def decide(self, rows: Rows, now: datetime) -> tuple[AccessToken, Effects]:
        answered = self.repeatable.recall(rows)
        if answered is not None:
            return self._renewed(rows, UUID(answered["token_id"])), Effects()
        living = [token for token in rows.access_tokens.values() if token.expires_at > now]
        if len(living) >= PER_USER_MAX:
            raise refused("too_many_tokens", limit=PER_USER_MAX)
        token = AccessToken(
            token_id=self.token_id,
            user_id=self.identity.user_id,
            name=self.name,
            scopes=self.scopes,
            fingerprint=fingerprint(self.secret),
            hint=hint(self.secret),
            created_at=now,
            expires_at=now + self.lifetime,
        )
        rows.access_tokens[token.token_id] = token
        self.repeatable.keep(rows, {"token_id": str(token.token_id)})
        return token, Effects()

    def _renewed(self, rows: Rows, token_id: UUID) -> AccessToken:
        """The token of the first request with a new secret: whoever repeats never got the first, and it is not kept."""
        token = rows.access_tokens.get(token_id)
        if token is None:
            raise refused("not_found")
        token = replace(token, fingerprint=fingerprint(self.secret), hint=hint(self.secret))
        rows.access_tokens[token_id] = token
        return token
