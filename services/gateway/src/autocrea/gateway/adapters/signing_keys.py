"""The issuer's public keys: fetched when needed, kept while the issuer is down, never fetched more than it can bear."""

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable, Mapping

import httpx
import jwt
from autocrea.chassis.client_calls import http_call
from autocrea.chassis.errors import Unavailable

FRESH_SECONDS = 600.0  # a withdrawn key stops being accepted this soon while the issuer answers
STALE_SECONDS_MAX = 24 * 3600.0  # an issuer down for longer than a day no longer vouches for anybody
COOLDOWN_SECONDS = 10.0  # at most one fetch in this time, however many unknown key ids are presented
FETCH_TIMEOUT_SECONDS = 3.0  # people wait behind the first fetch
KEYS_PATH = "/keys"  # what its path is called in metrics and traces, wherever it is
BODY_BYTES_MAX = 256 * 1024  # a key set is a few KiB

log = logging.getLogger(__name__)


class SigningKeys:
    """Answers which RSA key has a key id. One fetch at a time, shared by everybody who waits for it."""

    def __init__(
        self, client: httpx.AsyncClient, url: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._url = url
        self._clock = clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._last_failed = False
        self._flight: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """Return the key, or None if the issuer says it has no such key.

        Raises `Unavailable` while the issuer does not answer and no kept key settles the question.
        """
        age = self._age()
        known = key_id in self._keys and age < STALE_SECONDS_MAX
        if not known or (age > 2 * FRESH_SECONDS and not self._last_failed):
            await self._refresh()
        elif age > FRESH_SECONDS:
            self._start()  # nobody waits for the renewal of a key that is known
        key = self._keys.get(key_id) if self._age() < STALE_SECONDS_MAX else None
        if key is None and self._last_failed:
            raise Unavailable("the identity issuer does not answer", retry_after_seconds=COOLDOWN_SECONDS)
        return key

    def _age(self) -> float:
        return math.inf if self._fetched_at is None else self._clock() - self._fetched_at

    async def _refresh(self) -> None:
        flight = self._start()
        if flight is not None:
            # Shielded: one caller who goes away must not take the fetch from the others.
            await asyncio.shield(flight)

    def _start(self) -> asyncio.Task[None] | None:
        """The fetch under way, a new one, or none during the cooldown."""
        if self._flight is None:
            if self._tried_at is not None and self._clock() - self._tried_at < COOLDOWN_SECONDS:
                return None
            self._tried_at = self._clock()
            self._flight = asyncio.create_task(self._fetch(), name="signing-keys")
        return self._flight

    async def _fetch(self) -> None:
        try:
            with http_call("issuer", "GET", self._url, KEYS_PATH) as call:
                # the client's own timeout begins anew with every byte
                async with asyncio.timeout(FETCH_TIMEOUT_SECONDS):
                    response = await self._client.get(self._url)
                call.answered(response.status_code)
            response.raise_for_status()
            self._keys = _parse(response.content)
        except (httpx.HTTPError, TimeoutError, ValueError, jwt.PyJWTError) as error:
            self._last_failed = True
            log.warning("the issuer's keys could not be fetched", extra={"reason": repr(error)})
        else:
            self._last_failed = False
            self._fetched_at = self._clock()
        finally:
            self._flight = None


def _parse(body: bytes) -> Mapping[str, jwt.PyJWK]:
    """Read a JWKS, keeping the RSA signature keys that have an id; raises ValueError or PyJWTError."""
    if len(body) > BODY_BYTES_MAX:
        raise ValueError(f"the key set has {len(body)} bytes")
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("the key set is not an object")  # noqa: TRY004  all parse errors are one family here
    keys = jwt.PyJWKSet.from_dict(document).keys
    usable = (key for key in keys if key.key_type == "RSA" and key.public_key_use in (None, "sig"))
    found = {key.key_id: key for key in usable if key.key_id and key.algorithm_name == "RS256"}
    if not found:
        raise ValueError("the key set has no RS256 key")
    return found
