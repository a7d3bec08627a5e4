"""A request repeated under its Idempotency-Key gets the answer of the first; another one under it is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from autocrea.contracts.ids import UserId
from autocrea.gateway.domain.read_model import Answer, Key, Rows, answer_key
from autocrea.gateway.handlers.refusals import refused


@dataclass(frozen=True, slots=True)
class Repeatable:
    """The key a client chose, and the request it stands for."""

    user_id: UserId
    key: str | None
    request_hash: bytes

    @classmethod
    def of(cls, user_id: UserId, key: str | None, *request: str) -> "Repeatable":
        """Name a request by everything that makes it another one."""
        return cls(user_id, key, sha256("\0".join(request).encode()).digest())

    def keys(self) -> Sequence[Key]:
        return (answer_key(self.user_id, self.key),) if self.key is not None else ()

    def recall(self, rows: Rows) -> dict[str, Any] | None:
        """What was answered before; raises `Refused` when the key stands for another request."""
        if self.key is None:
            return None
        answer = rows.answers.get(answer_key(self.user_id, self.key))
        if answer is None:
            return None
        if answer.request_hash != self.request_hash:
            raise refused("idempotency_key_reused")
        return answer.body

    def keep(self, rows: Rows, body: dict[str, Any]) -> dict[str, Any]:
        """Store the answer with what it tells of, and return it."""
        if self.key is not None:
            key = answer_key(self.user_id, self.key)
            rows.answers[key] = Answer(self.user_id, self.key, self.request_hash, body)
        return body
