"""Server-sent events as bytes."""

import json

from autocrea.simulators.answering.wire import Event


def encoded(event: Event) -> bytes:
    """One event as it goes over the wire."""
    data = event.data
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    named = f"event: {event.name}\n" if event.name else ""
    return f"{named}data: {text}\n\n".encode()
