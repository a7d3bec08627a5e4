"""Ranges are those of RFC 9110: what is not understood is answered with the whole, never with something else."""

import pytest
from autocrea.artifacts.domain.byte_range import ByteRange, RangeNotSatisfiable, wanted_range
from hypothesis import given
from hypothesis import strategies as st

ETAG = '"abc"'
CONTENT = b"0123456789"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", b"0"),
        ("bytes=2-4", b"234"),
        ("bytes=7-", b"789"),
        ("bytes=9-", b"9"),
        ("bytes=-2", b"89"),
        ("bytes=-99", CONTENT),
        ("bytes=5-99", b"56789"),
    ],
)
def test_a_part_is_wanted_when_a_range_is_asked_for(header: str, part: bytes) -> None:
    found = wanted_range(header, None, ETAG, len(CONTENT))
    assert found is not None
    assert CONTENT[found.first : found.last + 1] == part
    assert found.bytes == len(part)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=4-2",
        "bytes=0-1,5-6",
        "lines=1-2",
        "bytes=a-b",
        "bytes=٣-",
    ],
)
def test_the_whole_is_wanted_when_no_range_is_understood(header: str | None) -> None:
    assert wanted_range(header, None, ETAG, len(CONTENT)) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_is_refused_when_it_begins_after_the_end(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        wanted_range(header, None, ETAG, len(CONTENT))


@pytest.mark.parametrize("condition", ['"other"', 'W/"abc"', "abc", "Thu, 26 Nov 2026 10:00:00 GMT", ""])
def test_the_whole_is_wanted_when_a_condition_names_another_content(condition: str) -> None:
    assert wanted_range("bytes=2-4", condition, ETAG, len(CONTENT)) is None
    assert wanted_range("bytes=99-", condition, ETAG, len(CONTENT)) is None


def test_a_part_is_wanted_when_the_condition_names_this_content() -> None:
    assert wanted_range("bytes=2-4", ETAG, ETAG, len(CONTENT)) == ByteRange(2, 4)
    assert ByteRange(2, 4).content_range(10) == "bytes 2-4/10"


@given(
    header=st.from_regex(r"bytes=\d{0,25}-\d{0,25}", fullmatch=True) | st.text(max_size=30),
    size=st.integers(0, 10**7),
)
def test_what_is_wanted_lies_inside_whatever_is_asked(header: str, size: int) -> None:
    try:
        found = wanted_range(header, None, ETAG, size)
    except RangeNotSatisfiable:
        return
    if found is not None:
        assert 0 <= found.first <= found.last < size
