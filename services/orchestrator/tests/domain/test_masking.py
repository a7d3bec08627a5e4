"""Secrets are recognised by their form, told by kind and line, and shown nowhere."""

import pytest
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.findings import finding
from autocrea.orchestrator.domain.masking import masked, masked_json, secrets_in

AWS = "AKIAQ3EGPLVT2K5JXW7N"
SECRETS = {
    "AWS access key": f"key = '{AWS}'",
    "GitHub token": "ghp_9fK2mQ7xL0pZ4vB8nC1dE5gH6jR3sT2uWyX0",
    "Stripe key": 'stripe.api_key = "sk_live_51HqT3kLm9ZpQ8rX2vYbNc"',
    "model provider's key": "Authorization: Bearer sk-proj-9fK2mQ7xL0pZ4vB8nC1dE5gH",
    "Google API key": "AIzaSyD9fK2mQ7xL0pZ4vB8nC1dE5gH6jR3sT2u",
    "Slack token": "xoxb-1234567890-9fK2mQ7xL0pZ",
    "signed token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END RSA PRIVATE KEY-----",
    "password or key": 'SECRET_KEY = "b9f1c2e7a4d84f6e9a3b5c7d8e0f1a2b"',
}
HARMLESS = [
    "AWS_ACCESS_KEY_ID=",
    'password = "changeme-in-production1"',
    'SECRET_KEY = os.environ["SECRET_KEY"]',
    "DATABASE_URL=postgresql://user:password@localhost/app",
    "STRIPE_SECRET_KEY=sk_test_xxxxxxxxxxxxxxxxxxxxxxxx",
    'token: "your-token-goes-here-1234"',
    "class TokenStorage: session_token_lifetime_seconds = 3600",
    'SESSION_TOKEN_NAME = "blog_session_cookie_name"',
    "https://example.com/path?token=abc",
]


@pytest.mark.parametrize(("kind", "text"), SECRETS.items(), ids=SECRETS.keys())
def test_secret_is_told_by_kind_and_line_and_masked(kind: str, text: str) -> None:
    whole = f"first\n{text}\nlast AKIA\n"
    assert [(one.name, one.line) for one in secrets_in(whole)] == [(kind, 2)]
    shown = masked(whole)
    assert "••••" in shown
    assert secrets_in(shown) == ()
    assert shown.startswith("first\n")
    assert shown.endswith("\nlast AKIA\n")


@pytest.mark.parametrize("text", HARMLESS)
def test_placeholder_and_lookup_are_no_secrets(text: str) -> None:
    assert secrets_in(text) == ()
    assert masked(text) == text


def test_password_of_an_address_is_a_secret() -> None:
    assert masked("postgresql://app:9fK2mQ7xL0@db/app").startswith("postgresql://app:9f••••@db")


def test_every_text_of_a_document_is_masked() -> None:
    document = {"a": [f"see {AWS}", {"b": AWS}], "c": 1, "d": None}
    assert AWS not in str(masked_json(document))
    assert masked_json(document)["a"][0] == "see AKIA••••"  # type: ignore[index, call-overload]


def test_finding_shows_no_secret_whatever_a_parser_quotes() -> None:
    one = finding("syntax_python", FindingClass.ERROR, f"Not valid python: unexpected {AWS}.")
    assert one.sentence == "Not valid python: unexpected AKIA••••."


@pytest.mark.parametrize(
    "text",
    [
        "password_" * 60_000,
        "a://" + "b" * 500_000,
        "-----BEGIN PRIVATE KEY-----" * 20_000,
        "sk-" + "a" * 500_000,
    ],
    ids=["names", "address", "keys", "long"],
)
@pytest.mark.timeout(5)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    assert len(masked(text)) <= len(text)
