"""The families of trouble a service can be in. Whatever is neither of these two is a bug."""

from typing import Any


class Refused(Exception):
    """A business no: the request was understood and is turned down for a reason the person can act on.

    `code` is stable and documented, `detail` is a sentence, `status` the HTTP status that carries it, `extra` further
    JSON members of the answer (such as `available` and `needed`).
    """

    def __init__(self, code: str, detail: str, *, status: int = 409, **extra: Any) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status
        self.extra = extra


class Unavailable(Exception):
    """Something this service needs (its database, another service, S3) does not answer now; trying later can help."""

    def __init__(self, what: str, *, retry_after_seconds: float = 5.0) -> None:
        super().__init__(what)
        self.what = what
        self.retry_after_seconds = retry_after_seconds


class Conflict(Exception):
    """Rows changed under a transaction (a lost race, a stale version): running it again decides afresh."""
