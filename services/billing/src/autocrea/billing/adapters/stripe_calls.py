"""Stripe's library on its way over HTTP: each request is a span and is timed, by its resource and without its query."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import stripe
from autocrea.chassis.client_calls import http_call

PEER: Final = "stripe"
_ASKED: Final = re.compile(r".*(/v1/(?:checkout/sessions|events|refunds|disputes))(/[^/]+)?")
"""What is asked for here; another path would be told as `other`."""


class StripeHttp(stripe.AIOHTTPClient):
    """The library's own client, looked on."""

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        with http_call(PEER, method.upper(), url, template_of(url)) as call:
            answer = await super().request_async(method, url, headers, post_data)
            call.answered(answer[1])
        return answer


def template_of(url: str) -> str:
    """The path of a resource, with `{id}` for one of them."""
    found = _ASKED.fullmatch(urlsplit(url).path)
    if found is None:
        return "other"
    return f"{found[1]}/{{id}}" if found[2] else found[1]
