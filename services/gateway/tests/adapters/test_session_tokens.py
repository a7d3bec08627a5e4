"""Which tokens are believed, and how often the issuer is asked."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import jwt
import pytest
from autocrea.chassis.errors import Unavailable
from autocrea.gateway.adapters import signing_keys
from autocrea.gateway.adapters.session_tokens import SessionTokens
from autocrea.gateway.adapters.signing_keys import (
    COOLDOWN_SECONDS,
    FRESH_SECONDS,
    STALE_SECONDS_MAX,
    SigningKeys,
)
from autocrea.gateway.domain.identity import InvalidToken

A_DAY = 86_400  # the parameters are made when the tests are collected, long before they are used


@pytest.fixture
async def tokens(issuer: Any, clock: Any) -> AsyncIterator[SessionTokens]:
    async with httpx.AsyncClient(transport=issuer.transport()) as client:
        keys = SigningKeys(client, f"{issuer.url}/jwks", clock=clock)
        yield SessionTokens(keys, issuer=issuer.url, authorized_parties=[issuer.party])


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_identity_is_read_when_the_token_is_good(issuer: Any, tokens: SessionTokens) -> None:
    identity = await tokens.identify(issuer.token(role="operator"))
    assert identity.user_id == "user_ada"
    assert identity.session_id == "sess_1"
    assert identity.email_verified is True
    assert identity.role == "operator"


@pytest.mark.parametrize("claim", ["iss", "azp", "exp", "nbf", "sid", "sub"])
async def test_token_is_refused_when_a_required_claim_is_missing(
    issuer: Any, tokens: SessionTokens, claim: str
) -> None:
    with pytest.raises(InvalidToken):
        await tokens.identify(issuer.token(**{claim: None}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://evil.test"}, "token_invalid"),
        ({"azp": "https://evil.test"}, "token_invalid"),
        ({"azp": ["https://app.test"]}, "token_invalid"),
        ({"exp": int(time.time()) - 60}, "token_expired"),
        ({"nbf": int(time.time()) + A_DAY}, "token_invalid"),
        ({"iat": int(time.time()) + A_DAY}, "token_invalid"),
        ({"sub": ""}, "token_invalid"),
        ({"sid": ""}, "token_invalid"),
        ({"sts": "pending"}, "token_invalid"),
    ],
)
async def test_token_is_refused_when_a_claim_is_wrong(
    issuer: Any, tokens: SessionTokens, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(InvalidToken) as raised:
        await tokens.identify(issuer.token(**changes))
    assert raised.value.code == code


async def test_email_is_unverified_when_the_claim_is_only_truthy(issuer: Any, tokens: SessionTokens) -> None:
    identity = await tokens.identify(issuer.token(email_verified="true"))
    assert identity.email_verified is False


async def test_token_is_refused_when_it_is_unsigned(issuer: Any, tokens: SessionTokens) -> None:
    unsigned = f"{_segment({'alg': 'none', 'typ': 'JWT', 'kid': 'first'})}.{_segment(issuer.claims())}."
    with pytest.raises(InvalidToken):
        await tokens.identify(unsigned)


async def test_token_is_refused_when_the_public_key_was_used_as_a_shared_secret(
    issuer: Any, tokens: SessionTokens
) -> None:
    # Made by hand: PyJWT itself refuses to sign with a public key.
    signed = f"{_segment({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{_segment(issuer.claims())}"
    mac = hmac.new(issuer.public_pem(), signed.encode(), hashlib.sha256).digest()
    forged = f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    with pytest.raises(InvalidToken):
        await tokens.identify(forged)


async def test_token_is_refused_when_another_key_signed_it(stranger: Any, tokens: SessionTokens) -> None:
    with pytest.raises(InvalidToken):
        await tokens.identify(stranger.token())


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 10_000, "é.é.é"])
async def test_token_is_refused_when_it_is_no_token(tokens: SessionTokens, token: str) -> None:
    with pytest.raises(InvalidToken):
        await tokens.identify(token)


async def test_token_is_refused_when_it_names_no_key(issuer: Any, tokens: SessionTokens) -> None:
    nameless = jwt.encode(issuer.claims(), issuer.keys["first"], algorithm="RS256")
    with pytest.raises(InvalidToken):
        await tokens.identify(nameless)


async def test_issuer_is_asked_once_when_many_tokens_arrive_together(
    issuer: Any, tokens: SessionTokens
) -> None:
    await asyncio.gather(*(tokens.identify(issuer.token()) for _ in range(50)))
    assert issuer.fetches == 1


async def test_new_key_is_found_when_the_issuer_rotates(
    issuer: Any, tokens: SessionTokens, clock: Any
) -> None:
    await tokens.identify(issuer.token())
    issuer.add_key("second")
    clock.now += COOLDOWN_SECONDS
    assert (await tokens.identify(issuer.token("second"))).user_id == "user_ada"
    assert issuer.fetches == 2


async def test_issuer_is_left_alone_when_unknown_keys_flood_in(
    issuer: Any, stranger: Any, tokens: SessionTokens, clock: Any
) -> None:
    stranger.keys["unknown"] = stranger.keys["first"]
    for _ in range(20):
        with pytest.raises(InvalidToken):
            await tokens.identify(stranger.token("unknown"))
    assert issuer.fetches == 1
    clock.now += COOLDOWN_SECONDS
    with pytest.raises(InvalidToken):
        await tokens.identify(stranger.token("unknown"))
    assert issuer.fetches == 2


async def test_sessions_survive_when_the_issuer_is_down(
    issuer: Any, tokens: SessionTokens, clock: Any
) -> None:
    await tokens.identify(issuer.token())
    issuer.down = True
    clock.now += 10 * FRESH_SECONDS
    assert (await tokens.identify(issuer.token())).user_id == "user_ada"
    clock.now += STALE_SECONDS_MAX
    with pytest.raises(Unavailable):
        await tokens.identify(issuer.token())


async def test_nobody_is_believed_when_the_issuer_never_answered(
    issuer: Any, tokens: SessionTokens, clock: Any
) -> None:
    issuer.down = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            await tokens.identify(issuer.token())
    assert issuer.fetches == 1
    issuer.down = False
    clock.now += COOLDOWN_SECONDS
    assert (await tokens.identify(issuer.token())).user_id == "user_ada"


async def test_nobody_waits_on_when_the_issuers_answer_never_ends(
    issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_keys, "FETCH_TIMEOUT_SECONDS", 0.5)

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        with suppress(ConnectionError):
            while True:  # each byte in time, all of them never
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
    async with server, httpx.AsyncClient(trust_env=False) as client:
        tokens = SessionTokens(SigningKeys(client, url), issuer=issuer.url, authorized_parties=[issuer.party])
        async with asyncio.timeout(5):
            with pytest.raises(Unavailable):
                await tokens.identify(issuer.token())


async def test_withdrawn_key_is_refused_when_the_kept_keys_are_old(
    issuer: Any, tokens: SessionTokens, clock: Any
) -> None:
    await tokens.identify(issuer.token())
    old = issuer.token()
    issuer.add_key("second")
    del issuer.keys["first"]
    clock.now += 2 * FRESH_SECONDS + 1
    with pytest.raises(InvalidToken):
        await tokens.identify(old)
