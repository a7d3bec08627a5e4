"""What may leave a process in its logs and to Sentry: never a secret, and no words that somebody else chose.

Exceptions quote what they failed on: a prompt, a row, a file. Away from a developer's machine their messages are
withheld, but for those of kinds that speak of the infrastructure; type, place and trace id stay. The whole traceback
is in the dead letter, in our own database.
"""

import asyncio
import traceback
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from aio_pika.exceptions import AMQPError
from autocrea.chassis.errors import Refused, Unavailable
from pydantic import BaseModel, SecretStr

WITHHELD = "(message withheld)"
MASK = "***"
SECRET_CHARACTERS_MIN = 6  # a shorter one would mask words that mean something else
SPEAKING = (OSError, TimeoutError, asyncio.CancelledError, AMQPError, httpx.HTTPError, Unavailable)
"""Kinds whose messages name hosts, files of ours and times, never what a person wrote."""

_SENTRY_KEPT = (
    "event_id",
    "timestamp",
    "platform",
    "level",
    "logger",
    "environment",
    "release",
    "server_name",
    "sdk",
)
_FRAME_KEPT = ("filename", "function", "module", "lineno", "in_app")


_learnt: set[str] = set()  # the log is the process's, and so is what must not be in it


def learn(secret: SecretStr) -> None:
    """Mask this too from now on, whichever file it came from."""
    found: set[str] = set()
    _collect(secret, found)
    _learnt.update(text for one in found if len(text := one.strip()) >= SECRET_CHARACTERS_MIN)


class Censor:
    """Knows the secrets of this process, and whether its logs show messages of exceptions. Sentry never sees them."""

    def __init__(self, secrets: Iterable[str] = (), *, withholds: bool = True) -> None:
        # The longest first: a URL is masked whole before its password is found in it.
        self._secrets = sorted({s for s in secrets if len(s) >= SECRET_CHARACTERS_MIN}, key=len, reverse=True)
        self._withholds = withholds

    def mask(self, text: str) -> str:
        """The text without any secret."""
        for secret in (*self._secrets, *_learnt):
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def render(self, error: BaseException) -> str:
        """A traceback as a log may hold it: the first cause at the top, as Python writes it."""
        parts = []
        for one in reversed(_causes(error)):
            frames = "".join(traceback.format_tb(one.__traceback__))
            parts.append(f"{frames}{type(one).__module__}.{type(one).__qualname__}: {self.message_of(one)}")
        return self.mask("\n\n".join(parts))

    def message_of(self, error: BaseException) -> str:
        """What may be said of an exception beside its type."""
        return self.mask(str(error)) if not self._withholds else self._harmless_message_of(error)

    def _harmless_message_of(self, error: BaseException) -> str:
        if isinstance(error, Refused):
            return error.code
        return self.mask(str(error)) if isinstance(error, SPEAKING) else WITHHELD

    def sentry_event(self, event: Mapping[str, Any], hint: Mapping[str, Any]) -> dict[str, Any]:
        """An event made anew of what is known to be harmless; everything else stays here."""
        kept = {name: event[name] for name in _SENTRY_KEPT if name in event}
        template = (event.get("logentry") or {}).get("message")
        if template is not None:
            kept["logentry"] = {"message": self.mask(str(template)), "params": []}
        tags = event.get("tags") or {}
        kept["tags"] = {name: tags[name] for name in ("service", "trace_id") if name in tags}
        values = (event.get("exception") or {}).get("values") or ()
        errors = _causes((hint.get("exc_info") or (None, None, None))[1])
        if values:
            kept["exception"] = {"values": [self._sentry_error(value, errors) for value in values]}
        return kept

    def _sentry_error(self, value: Mapping[str, Any], errors: list[BaseException]) -> dict[str, Any]:
        frames = ((value.get("stacktrace") or {}).get("frames")) or ()
        same = (e for e in errors if type(e).__name__ == value.get("type") and str(e) == value.get("value"))
        error = next(same, None)
        return {
            "type": value.get("type"),
            "module": value.get("module"),
            "value": WITHHELD if error is None else self._harmless_message_of(error),
            "stacktrace": {"frames": [{n: f[n] for n in _FRAME_KEPT if n in f} for f in frames]},
        }


def secrets_of(settings: BaseModel) -> set[str]:
    """Every secret of the settings, and the passwords inside those that are URLs."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        _collect(getattr(settings, name), found)
    return found


def _collect(value: object, found: set[str]) -> None:
    if isinstance(value, SecretStr):
        text = value.get_secret_value()
        parts = (text, *text.split(","))
        found.update(part.strip() for part in parts)
        if "://" not in text:  # `name=value` is a header; of an address it would be `sslmode=require`
            found.update(unquote(part.partition("=")[2]).strip() for part in parts)
        password = _password_in(text)
        if password is not None:
            found.update({password, unquote(password)})
    elif isinstance(value, BaseModel):
        found.update(secrets_of(value))
    elif isinstance(value, Mapping):
        for one in value.values():
            _collect(one, found)
    elif isinstance(value, (tuple, list)):
        for one in value:
            _collect(one, found)


def _password_in(text: str) -> str | None:
    try:
        return urlsplit(text).password if "://" in text else None
    except ValueError:  # half of an address that is being changed
        return None


def _causes(error: BaseException | None) -> list[BaseException]:
    """An exception and what led to it, the last first, those of a group among it; a loop ends where it begins."""
    found: list[BaseException] = []
    ahead = [error]
    while ahead:
        one = ahead.pop()
        if one is None or one in found:
            continue
        found.append(one)
        ahead.append(one.__cause__ or (None if one.__suppress_context__ else one.__context__))
        if isinstance(one, BaseExceptionGroup):
            ahead.extend(reversed(one.exceptions))
    return found
