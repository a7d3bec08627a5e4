"""Events come out whole, wherever the bytes are cut and however the lines end."""

import pytest
from autocrea.llm_router.adapters.server_sent_events import EVENT_BYTES_MAX, EventReader, NotAnEventStream
from hypothesis import given
from hypothesis import strategies as st


def events(stream: bytes, cuts: list[int] | None = None) -> list[str]:
    reader = EventReader()
    found: list[str] = []
    at = 0
    for cut in sorted(cuts or []):
        found += reader.feed(stream[at:cut])
        at = cut
    return [*found, *reader.feed(stream[at:]), *reader.finish()]


LINES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=20)


@given(st.lists(LINES, max_size=6), st.sampled_from((b"\n", b"\r\n", b"\r")), st.data())
def test_data_comes_out_as_it_went_in_when_cut_anywhere(
    sent: list[str], newline: bytes, data: st.DataObject
) -> None:
    stream = b"".join(b"data: " + one.encode() + newline + newline for one in sent)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=10))
    assert events(stream, cuts) == sent


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b": keep-alive\n\n: more\n\ndata: a\n\n", ["a"]),
        (b"event: message\nid: 7\nretry: 10\ndata: a\n\n", ["a"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"data:a\n\ndata:  b\n\n", ["a", " b"]),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b"data: a\n\ndata: [DONE]", ["a", "[DONE]"]),
        (b"data: a\n\ndata: [DONE]\n", ["a", "[DONE]"]),
        (b"data: \xf0\x9f\n\n", ["\ufffd"]),
        (b"<html>no stream</html>\n\n", []),
        (b"", []),
    ],
)
def test_what_servers_send_besides_is_understood(stream: bytes, expected: list[str]) -> None:
    assert events(stream) == expected
    assert events(stream, list(range(len(stream)))) == expected


@pytest.mark.parametrize("filler", [b"x" * 4096, b"data: " + b"x" * 4096 + b"\n"])
def test_an_endless_event_is_given_up(filler: bytes) -> None:
    reader = EventReader()

    def feed() -> None:
        reader.feed(b"data: ")
        for _ in range(EVENT_BYTES_MAX // 4096 + 2):
            reader.feed(filler)

    with pytest.raises(NotAnEventStream):
        feed()
