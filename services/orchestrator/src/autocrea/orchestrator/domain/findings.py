"""Findings of the verification: how one is made, and how many an event carries."""

import re
from collections.abc import Iterable

from autocrea.contracts.masking import masked
from autocrea.contracts.shapes import Finding
from autocrea.contracts.vocabulary import FindingClass
from pydantic_core import to_json

FINDINGS_MAX = 40  # a model repairs the first dozens; a list without end helps nobody
FINDINGS_BYTES_MAX = 20_000  # beside up to FILES_BYTES_MAX of file entries in an event of at most 64 KiB
SENTENCE_CHARACTERS_MAX = 300
PATH_CHARACTERS_MAX = 200

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_GRAVEST_FIRST = (FindingClass.BLOCKING, FindingClass.ERROR, FindingClass.WARNING)


def finding(
    rule: str, class_: FindingClass, sentence: str, *, path: str | None = None, line: int | None = None
) -> Finding:
    """A finding whose texts can be stored, sent and shown whatever the model wrote."""
    return Finding(
        rule=rule,
        class_=class_,
        path=None if path is None else _clean(path, PATH_CHARACTERS_MAX),
        line=line,
        sentence=_clean(masked(sentence), SENTENCE_CHARACTERS_MAX),
    )


def limited(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest findings, each once, as many as an event carries."""
    ordered = sorted(dict.fromkeys(findings), key=_gravity)
    kept: list[Finding] = []
    size_bytes = 0
    for one in ordered[:FINDINGS_MAX]:
        size_bytes += len(to_json(one))
        if size_bytes > FINDINGS_BYTES_MAX:
            break
        kept.append(one)
    return tuple(kept)


def _gravity(one: Finding) -> int:
    return next(
        (place for place, class_ in enumerate(_GRAVEST_FIRST) if one.class_ == class_), len(_GRAVEST_FIRST)
    )


def _clean(text: str, characters_max: int) -> str:
    visible = _UNSEEN.sub(" ", text)
    return visible if len(visible) <= characters_max else visible[: characters_max - 1] + "…"
