"""Secrets are recognised by their form, told by kind and line, and shown nowhere."""

from random import Random

import pytest
from autocrea.contracts.masking import (
    HELD_CHARACTERS_MAX,
    MaskedText,
    masked,
    masked_in_place,
    masked_json,
    secrets_in,
)
from autocrea.testkit.processor_time import processor_seconds_at_most
from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert [(one.kind, one.line) for one in secrets_in(whole)] == [(kind, 2)]
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


@pytest.mark.parametrize(
    "text",
    [
        "password_" * 60_000,
        "token = '" * 60_000,
        'token="' + "a" * 500_000,
        "a://" + "b" * 500_000,
        "-----BEGIN PRIVATE KEY-----" * 20_000,
        "-----BEGIN PRIVATE KEY-----\n" * 20_000,
        "sk-" + "a" * 500_000,
    ],
    ids=["names", "assigned", "value", "address", "keys", "key_lines", "long"],
)
@processor_seconds_at_most(5)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    assert len(masked(text)) <= len(text)
    shown = MaskedText()
    pieces = [shown.feed(text[at : at + 16]) for at in range(0, len(text), 16)]
    assert "".join([*pieces, shown.finish()]) == masked_in_place(text)


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_file_keeps_its_lines_and_offsets_when_it_is_masked_in_place(text: str) -> None:
    whole = f"first\r\n{text}\nlast\n"
    shown = masked_in_place(whole)
    assert "•••" in shown
    assert secrets_in(shown) == ()
    assert len(shown) == len(whole)
    assert [at for at, one in enumerate(shown) if one == "\n"] == [
        at for at, one in enumerate(whole) if one == "\n"
    ]


def test_headers_of_an_encrypted_key_do_not_end_it() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEvQ-IBADANBgkq\n-----END RSA PRIVATE KEY-----"
    assert masked(f"{key}\nrest") == "----••••\nrest"


def test_kind_known_by_its_form_is_told_when_it_is_assigned_too() -> None:
    text = "API_KEY = 'sk-proj-9fK2mQ7xL0pZ4vB8nC1dE5gH'  # postgres://app:9fK2mQ7xL0@db"
    assert [one.kind for one in secrets_in(text)] == ["model provider's key", "password or key"]


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *SECRETS.values(),
                *HARMLESS,
                "\n",
                '",',
                "',",
                "-----",
                "\n-----END RSA PRIVATE KEY-----\n",
                "\r\n",
            ]
        ),
        st.text(alphabet="aA1_-=:'\", \nk", max_size=12),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(PIECES, st.randoms(use_true_random=False))
def test_text_in_pieces_is_shown_as_the_whole_would_be_wherever_it_is_cut(
    parts: list[str], random: Random
) -> None:
    whole = "".join(parts)
    shown = MaskedText()
    out, at = "", 0
    while at < len(whole):
        size = random.randint(1, 20)
        out += shown.feed(whole[at : at + size])
        at += size
        assert masked_in_place(whole).startswith(out)
    assert out + shown.finish() == masked_in_place(whole)


@processor_seconds_at_most(5)
def test_little_is_held_back_when_keys_share_their_lines() -> None:
    shown = MaskedText()
    waiting = 0
    for _ in range(400):
        piece = "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"
        waiting += len(piece) - len(shown.feed(piece))
        assert waiting <= HELD_CHARACTERS_MAX + len(piece)


def test_lines_and_list_values_are_shown_when_they_are_complete() -> None:
    shown = MaskedText()
    assert shown.feed("import os\nkey") == "import os\n"
    assert shown.feed(' = ["one",') == 'key = ["one",'
    assert shown.feed(f"'{AWS[:9]}") == ""
    assert shown.feed(f"{AWS[9:]}'\n") == "'AKIA••••••••••••••••'\n"
    assert shown.feed("end") == ""
    assert shown.finish() == "end"
