"""Which application a request asks for."""

import re

from autocrea.simulators.writer.fixed import FixedApplication
from autocrea.simulators.writer.order import Application, Order, plain
from autocrea.simulators.writer.records.application import RecordsApplication

_MONGODB = re.compile(r"\bmongo(?:db)?\b")

# Searched in the request in lower case and without accents; what is named first is what the request is about.
_FIXED: tuple[tuple[re.Pattern[str], Application], ...] = (
    (
        re.compile(
            r"\b(e-?commerce|comercio electronico|tienda|carrito|marketplace|online (?:shop|store)|web ?shop|"
            r"shopping|cart)\b"
        ),
        FixedApplication("shop", includes=("accounts",), fulfils=("accounts", "payments")),
    ),
    (
        re.compile(
            r"\b(landing|pagina de (?:presentacion|aterrizaje|inicio|contacto)|formulario de contacto|"
            r"contact (?:form|page)|portfolio|portafolio)\b"
        ),
        FixedApplication("landing"),
    ),
    (
        re.compile(r"\b(blog|cms|gestor de contenidos|content management)\b"),
        FixedApplication("blog", includes=("accounts",), fulfils=("accounts",)),
    ),
    (
        re.compile(
            r"\b(dashboard|graficos?|graficas?|charts?|tiempo real|real[- ]time|metricas|metrics|analytics)\b"
        ),
        FixedApplication("dashboard"),
    ),
)
_RECORDS = RecordsApplication("sqlite")
_RECORDS_MONGODB = RecordsApplication("mongodb")
_SITE = FixedApplication("site", base=("shared", "landing"), roots=("shared/files/frontend", "site/files"))


def application_for(order: Order) -> Application:
    """The application that the request asks for; what is not recognised becomes one that manages records.

    Where nobody writes a back end, every request becomes a page that presents what it is about.
    """
    if "backend" not in order.steps:
        return _SITE
    request = plain(order.request)
    if _MONGODB.search(request):
        return _RECORDS_MONGODB
    found = [
        (match.start(), index)
        for index, (pattern, _) in enumerate(_FIXED)
        if (match := pattern.search(request))
    ]
    return _FIXED[min(found)[1]][1] if found else _RECORDS
