"""Every name that the founding document gave to its environment is read, or retired in favour of one that is."""

import re
from pathlib import Path

import pytest

FOUNDING_NAMES = (
    "ENV",
    "JWT_SECRET",
    "ALLOWED_ORIGINS",
    "JOXCODER_API_URL",
    "JOXCODER_API_KEY",
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "CONVEX_DEPLOY_KEY",
    "REDIS_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_S3_BUCKET",
    "SENTRY_DSN",
    "AXIOM_TOKEN",
    "NEXT_PUBLIC_API_URL",
)
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| (.+) \|$", re.MULTILINE)


@pytest.fixture(scope="session")
def sections(root: Path) -> dict[str, dict[str, str]]:
    """The rows of each section of the page: a name and its second cell."""
    text = (root / "docs" / "reference" / "environment.md").read_text("utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: {row[0]: row[1] for row in _ROW.findall(part)} for part in parts}


@pytest.mark.parametrize("name", FOUNDING_NAMES)
def test_a_founding_name_is_read_or_has_a_successor_when_the_page_is_read(
    sections: dict[str, dict[str, str]], name: str
) -> None:
    read = {one for section, rows in sections.items() if section != "Retired" for one in rows}
    retired = sections["Retired"]
    assert (name in read) != (name in retired), f"{name} is neither read nor retired, or both"
    if name in retired:
        assert retired[name].strip("`") in read, f"the successor of {name} is not read by anything"


def test_every_variable_says_what_it_means_when_the_page_is_read(root: Path) -> None:
    text = (root / "docs" / "reference" / "environment.md").read_text("utf-8")
    assert [row[0] for row in _ROW.findall(text) if not row[2].strip()] == []
