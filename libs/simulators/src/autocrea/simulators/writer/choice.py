"""Which application a request asks for."""

import re

from autocrea.simulators.writer.fixed import FixedApplication
from autocrea.simulators.writer.order import Application, Order, plain

# The first line whose pattern is found decides; patterns are searched in the request without accents.
_FIXED: tuple[tuple[str, FixedApplication], ...] = (
    (
        r"\b(landing|pagina de (presentacion|aterrizaje|inicio)|formulario de contacto|contact form)\b",
        FixedApplication("landing"),
    ),
)


def application_for(order: Order) -> Application:
    """The application that the request asks for; whatever is not recognised becomes one that manages records."""
    request = plain(order.request)
    for pattern, application in _FIXED:
        if re.search(pattern, request):
            return application
    return FixedApplication("landing")
