"""Under which licences others' packages come to us, and which of them a release may carry."""

import re
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageMetadata

ALLOWED = re.compile(
    r"apache|mit\b|mit-0|bsd|isc|mozilla|mpl-2\.0|psf|unlicense|python software foundation|dfsg approved",
    re.IGNORECASE,
)
"""They ask for a notice, or for changes of their own files. Any other stops a release until somebody decides."""
Licensed = tuple[str, str, str]
"""Name, version, licence."""
Part = tuple[str, Sequence[Licensed]]
"""A title, and what stands below it."""
STATED_ELSEWHERE = {"httpx-aiohttp": "BSD-3-Clause"}
"""Where a distribution's metadata has a copyright in the licence's place; read in its own licence file."""


class Undecided(Exception):
    """Packages come under licences that nobody has decided on; says which."""


def report(judged: Sequence[Part], listed: Sequence[Part] = ()) -> str:
    """A page with a table for each part; what is only listed is not held against anything. Raises Undecided."""
    unknown = [
        f"{name} ({licence or 'says nothing'})"
        for _, licensed in judged
        for name, _, licence in licensed
        if not ALLOWED.search(licence)
    ]
    if unknown:
        raise Undecided(f"nobody has decided on the licence of {', '.join(unknown)}")
    return "# Licences\n" + "".join(_table(title, licensed) for title, licensed in [*judged, *listed])


def licence_of(found: PackageMetadata) -> tuple[str, bool]:
    """By the field that says it best: the expression, the classifiers, the first line of the text; and whether it is an
    expression of SPDX's."""
    stated = STATED_ELSEWHERE.get(found["Name"])
    expression = stated or _field(found, "License-Expression")
    if expression:
        return expression, True
    classifiers = [one for one in found.get_all("Classifier") or [] if one.startswith("License ::")]
    if classifiers:
        return "; ".join(str(one).rpartition("::")[2].strip() for one in classifiers), False
    return _field(found, "License").partition("\n")[0], False


def _field(found: PackageMetadata, name: str) -> str:
    return next(iter(found.get_all(name) or ()), "")


def _table(title: str, licensed: Iterable[Licensed]) -> str:
    rows = "".join(f"| {name} | {version} | {licence} |\n" for name, version, licence in licensed)
    return f"\n## {title}\n\n| package | version | licence |\n|---|---|---|\n{rows}"
