"""The identity issuer: its tokens verify against its published keys, as a service would verify them."""

import stat
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from autocrea.testkit.processes import free_port
from simulated_process import simulators

CLAIMS = {"iss", "sub", "azp", "exp", "nbf", "iat", "sid", "email", "email_verified", "name", "role"}


def verified(client: httpx.Client, token: str, **options: Any) -> dict[str, Any]:
    """The claims, checked with the key that the JWKS publishes for the token."""
    keys = jwt.PyJWKSet.from_dict(client.get("/identity/.well-known/jwks.json").json())
    kid = jwt.get_unverified_header(token)["kid"]
    issuer = f"{client.base_url}".rstrip("/") + "/identity"
    claims: dict[str, Any] = jwt.decode(token, keys[kid].key, algorithms=["RS256"], issuer=issuer, **options)
    return claims


def token(client: httpx.Client, **request: Any) -> str:
    response = client.post("/identity/token", json=request)
    assert response.status_code == 200, response.text
    return str(response.json()["token"])


@pytest.mark.parametrize(
    ("account", "verified_email", "role"),
    [("ada", True, "user"), ("bruno", False, "user"), ("olga", True, "operator")],
)
def test_token_has_the_claims_of_a_session_when_a_fixture_asks(
    client: httpx.Client, account: str, verified_email: bool, role: str
) -> None:
    answer = client.post("/identity/token", json={"account": account}).json()
    assert answer["expires_in"] == 3600
    claims = verified(client, answer["token"])
    assert set(claims) == CLAIMS
    assert claims["sub"] == f"user_{account}"
    assert claims["email"] == f"{account}@autocrea.test"
    assert (claims["email_verified"], claims["role"]) == (verified_email, role)
    assert claims["azp"] == "http://127.0.0.1:8000"
    assert claims["sid"].startswith("sess_")
    assert claims["nbf"] < claims["iat"] <= time.time() < claims["exp"] <= time.time() + 3600


def test_two_tokens_are_two_sessions(client: httpx.Client) -> None:
    first, second = (verified(client, token(client, account="ada"))["sid"] for _ in range(2))
    assert first != second


def test_token_has_run_out_when_its_lifetime_is_negative(client: httpx.Client) -> None:
    expired = token(client, account="ada", lifetime_seconds=-5)
    with pytest.raises(jwt.ExpiredSignatureError):
        verified(client, expired)


def test_claims_are_replaced_and_left_out_when_asked(client: httpx.Client) -> None:
    claims = verified(
        client, token(client, account="ada", claims={"azp": "http://evil.test", "sid": None, "x": 1})
    )
    assert claims["azp"] == "http://evil.test"
    assert "sid" not in claims
    assert claims["x"] == 1


def test_account_is_minted_when_it_is_described(client: httpx.Client) -> None:
    claims = verified(
        client, token(client, account="eva", name="Eva", email="eva@example.com", email_verified=False)
    )
    assert (claims["sub"], claims["name"], claims["email_verified"]) == ("user_eva", "Eva", False)
    assert verified(client, token(client, account="eva"))["email"] == "eva@example.com"
    assert verified(client, token(client, account="user_eva"))["sub"] == "user_eva"
    conflict = client.post("/identity/token", json={"account": "eva", "name": "Another"})
    assert conflict.status_code == 409


def test_nobody_gets_a_token_when_the_account_is_unknown(client: httpx.Client) -> None:
    assert client.post("/identity/token", json={"account": "nobody"}).status_code == 404
    assert client.post("/identity/token", json={"account": "No Body"}).status_code == 422
    assert client.post("/identity/token", content=b"nonsense").status_code == 422
    assert (
        client.post("/identity/token", json={"account": "ada", "lifetime_seconds": 10**9}).status_code == 422
    )


def test_accounts_are_made_up_and_listed_when_minted_without_a_name(client: httpx.Client) -> None:
    minted = [client.post("/_sim/identity/accounts").json() for _ in range(2)]
    assert minted[0]["user_id"] != minted[1]["user_id"]
    assert minted[0]["email_verified"] is True
    listed = client.get("/_sim/identity/accounts").json()["accounts"]
    assert [one["account"] for one in listed[:3]] == ["ada", "bruno", "olga"]
    assert all(one in listed for one in minted)
    assert verified(client, token(client, account=minted[0]["account"]))["sub"] == minted[0]["user_id"]


def test_configuration_names_the_keys(client: httpx.Client) -> None:
    configuration = client.get("/identity/.well-known/openid-configuration").json()
    assert configuration["jwks_uri"] == f"{configuration['issuer']}/.well-known/jwks.json"
    assert httpx.get(configuration["jwks_uri"]).json()["keys"]


def test_old_tokens_stay_good_when_the_keys_rotate_and_not_when_they_are_withdrawn(
    client: httpx.Client,
) -> None:
    before = token(client, account="ada")
    rotated = client.post("/_sim/identity/rotate").json()
    assert len(rotated["published"]) >= 2
    after = token(client, account="ada")
    assert jwt.get_unverified_header(after)["kid"] == rotated["kid"]
    assert verified(client, before)["sub"] == verified(client, after)["sub"] == "user_ada"
    client.post("/_sim/identity/rotate", json={"keep_old": False})
    with pytest.raises(KeyError):
        verified(client, after)
    assert verified(client, token(client, account="ada"))


def test_private_parts_are_never_published(client: httpx.Client) -> None:
    for key in client.get("/identity/.well-known/jwks.json").json()["keys"]:
        assert set(key) == {"kid", "use", "alg", "kty", "n", "e"}


def test_tokens_and_accounts_survive_a_restart_when_a_state_folder_is_set(tmp_path: Path) -> None:
    settings = {"STATE_DIR": str(tmp_path / "state"), "PORT": str(free_port())}
    with simulators(**settings) as process, httpx.Client(base_url=process.url) as client:
        client.post("/_sim/identity/rotate")
        kept = token(client, account="eva", name="Eva")
    with simulators(**settings) as process, httpx.Client(base_url=process.url) as client:
        assert verified(client, kept)["sub"] == "user_eva"
        assert verified(client, token(client, account="eva"))["name"] == "Eva"
        fresh = jwt.get_unverified_header(token(client, account="ada"))["kid"]
        assert fresh == jwt.get_unverified_header(kept)["kid"]
    for path in (tmp_path / "state" / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
