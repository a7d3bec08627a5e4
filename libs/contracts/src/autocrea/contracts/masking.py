"""Secrets in generated texts: which ones are recognised, and how a text is shown without them.

Every pattern begins with a literal, which a search finds fast, and is bounded, so that a text of any kind is read in
linear time. All but private keys stand on one line.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log2
from typing import Final

from pydantic import JsonValue

SECRETS_MAX = 2_000  # told of one text: more are data, and nobody reads them
SHOWN_CHARACTERS = 4  # of a secret, so that its owner knows which one it is
ENTROPY_BITS_MIN = 2.8  # a character: below it stand rows of x, and short words
NAME_CHARACTERS_MAX = 64  # the suspicious word, the rest of its name, a quote and spaces
HELD_CHARACTERS_MAX = (
    20_000  # twice a private key: what holds more back is a row of keys that share their lines
)

_MASK: Final = "•"
_VISIBLE: Final = re.compile(r"[^\r\n]")
_PRIVATE_KEY: Final = "private key"
_ASSIGNED_KEY: Final = "password or key"
# A form's own look-behind is its word boundary: in front of the literal it would cost the fast search.
_FORMS: Final = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            _PRIVATE_KEY,
            r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----"
            r"(?:[^-]|-(?!----)){0,8000}(?:-----END [A-Z ]{0,30}-----)?",
        ),
        ("AWS access key", r"AKIA(?<!\wAKIA)[0-9A-Z]{16}\b"),
        ("AWS access key", r"ASIA(?<!\wASIA)[0-9A-Z]{16}\b"),
        ("GitHub token", r"gh[pousr]_(?<!\wgh\w_)[A-Za-z0-9]{36,255}\b"),
        ("GitHub token", r"github_pat_(?<!\wgithub_pat_)[A-Za-z0-9_]{22,255}\b"),
        ("Stripe key", r"sk_(?<!\wsk_)(?:live|test)_[A-Za-z0-9]{16,255}\b"),
        ("Stripe key", r"rk_(?<!\wrk_)(?:live|test)_[A-Za-z0-9]{16,255}\b"),
        ("Stripe key", r"whsec_(?<!\wwhsec_)[A-Za-z0-9]{16,255}\b"),
        ("model provider's key", r"sk-(?<!\wsk-)(?:proj-|ant-)?[A-Za-z0-9_-]{20,255}"),
        ("Google API key", r"AIza(?<!\wAIza)[0-9A-Za-z_-]{35}\b"),
        ("Slack token", r"xox(?<!\wxox)[abeoprs]-[0-9A-Za-z-]{10,255}"),
        (
            "signed token",
            r"eyJ(?<!\weyJ)[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}",
        ),
    )
)
_IN_ADDRESS: Final = re.compile(r"://(?<=[a-z0-9+]://)[^\s:/@\"'<>]{1,100}:([^\s:/@\"'<>]{6,200})@")
_ASSIGNED: Final = re.compile(r"[:=][ \t]{0,3}[\"']([^\"'\s]{12,500})[\"']")
_SUSPICIOUS: Final = re.compile(
    r"(?i:secret|token|passw(?:or)?d|passphrase|api_?key|access_?key|private_?key)[\w-]{0,40}[\"']?[ \t]{0,3}\Z"
)
_PLACEHOLDER: Final = re.compile(
    r"(?i)example|ejemplo|change|cambia|your|dummy|sample|placeholder|secret|passw|xxx|<|\$|\{|%|os\.|env|test|demo|dev"
)


@dataclass(frozen=True, slots=True)
class Secret:
    """Of which kind a secret is and in which line it begins, never the secret."""

    kind: str
    line: int


@dataclass(slots=True)
class _Span:
    start: int
    stop: int
    kind: str


def secrets_in(text: str) -> tuple[Secret, ...]:
    """Every secret in the text, in order."""
    found: list[Secret] = []
    line, counted = 1, 0
    for span in _spans(text)[:SECRETS_MAX]:
        line, counted = line + text.count("\n", counted, span.start), span.start
        found.append(Secret(span.kind, line))
    return tuple(found)


def masked(text: str) -> str:
    """A sentence with all but the first characters of every secret taken out."""
    return _replaced(text, _spans(text), lambda _: _MASK * 4)


def masked_in_place(text: str) -> str:
    """A file's text with the same taken out, character for character: lines and offsets stay what they are."""
    return _replaced(text, _spans(text), lambda secret: _VISIBLE.sub(_MASK, secret))


def masked_json(value: JsonValue) -> JsonValue:
    """A document with the secrets of every text in it masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [masked_json(one) for one in value]
    if isinstance(value, dict):
        return {masked(name): masked_json(one) for name, one in value.items()}
    return value


class MaskedText:
    """A text that arrives in pieces, masked in place: what comes out is, joined, what the whole would be shown as.

    A piece is shown up to where nothing that has come may go on: the end of a line, or of a quoted value in a list.
    """

    def __init__(self) -> None:
        self._held: list[str] = []

    def feed(self, piece: str) -> str:
        """What may be shown now."""
        before = self._held[-1][-1:] if self._held else ""
        if piece:
            self._held.append(piece)
        if not _last_cut(before + piece):
            return ""
        held = "".join(self._held)
        cut = _whole_until(held) if len(held) <= HELD_CHARACTERS_MAX else _last_cut(held)
        self._held = [held[cut:]]
        return masked_in_place(held[:cut])

    def finish(self) -> str:
        """The rest of it."""
        held, self._held = "".join(self._held), []
        return masked_in_place(held)


def _whole_until(text: str) -> int:
    """The last cut that tears no secret and leaves none open: a private key may go on in the next line."""
    cut = _last_cut(text)
    spans = _spans(text[:cut])
    if spans and spans[-1].stop == cut:
        cut = _last_cut(text, spans.pop().start)
    for span in reversed(spans):
        if span.stop <= cut:
            break
        cut = _last_cut(text, span.start)
    return cut


def _last_cut(text: str, end: int | None = None) -> int:
    places = ((text.rfind(mark, 0, end), len(mark)) for mark in ("\n", '",', "',"))
    return max((at + length for at, length in places if at >= 0), default=0)


def _replaced(text: str, spans: list[_Span], mask: Callable[[str], str]) -> str:
    parts: list[str] = []
    end = 0
    for span in spans:
        shown = min(SHOWN_CHARACTERS, (span.stop - span.start) // 4)
        parts += [text[end : span.start + shown], mask(text[span.start + shown : span.stop])]
        end = span.stop
    return "".join([*parts, text[end:]])


def _spans(text: str) -> list[_Span]:
    """Where secrets stand, in order; those that overlap are one, of the kind that is known by its form."""
    spans: list[_Span] = []
    for span in sorted(_found(text), key=lambda one: (one.start, -one.stop)):
        last = spans[-1] if spans else None
        if last is None or last.stop <= span.start:
            spans.append(span)
            continue
        last.stop = max(last.stop, span.stop)
        last.kind = span.kind if last.kind == _ASSIGNED_KEY else last.kind
    return spans


def _found(text: str) -> Iterator[_Span]:
    for kind, form in _FORMS:
        for match in form.finditer(text):
            if kind == _PRIVATE_KEY or _entropy_bits(match[0]) >= ENTROPY_BITS_MIN:
                yield _Span(*match.span(), kind)
    for match in _IN_ADDRESS.finditer(text):
        if _is_key(match[1]):
            yield _Span(*match.span(1), _ASSIGNED_KEY)
    for match in _ASSIGNED.finditer(text):
        named = _SUSPICIOUS.search(text, max(0, match.start() - NAME_CHARACTERS_MAX), match.start())
        if named is not None and _is_key(match[1]):
            yield _Span(*match.span(1), _ASSIGNED_KEY)


def _is_key(value: str) -> bool:
    """Whether a value looks made by a machine: mixed, not a word, not somebody's placeholder."""
    mixed = any(one.isdigit() for one in value) and any(one.isalpha() for one in value)
    return mixed and _PLACEHOLDER.search(value) is None and _entropy_bits(value) >= ENTROPY_BITS_MIN


def _entropy_bits(value: str) -> float:
    counts = (value.count(one) for one in set(value))
    return -sum(count / len(value) * log2(count / len(value)) for count in counts)
