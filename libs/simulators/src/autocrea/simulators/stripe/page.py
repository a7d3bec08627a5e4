"""The Checkout page that a person sees: what is bought, and the buttons to pay, to pay later, to go back."""

from html import escape
from string import Template
from urllib.parse import quote

from autocrea.simulators.stripe.objects import Object

_PAGE = Template("""<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pago simulado</title>
<link rel="icon" href="data:,">
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f1f5f9; color: #0f172a;
  font: 1rem/1.5 system-ui, sans-serif }
main { background: #fff; padding: 2rem; border-radius: .75rem; width: min(24rem, 90vw) }
h1 { font-size: 1.25rem; margin: 0 0 .25rem } .amount { font-size: 2rem; font-weight: 600; margin: .5rem 0 1.5rem }
button, a { display: block; width: 100%; box-sizing: border-box; padding: .75rem; margin-top: .75rem; font: inherit;
  text-align: center; border-radius: .5rem; cursor: pointer; border: 1px solid #475569;
  background: #fff; color: #0f172a }
button.pay { background: #3730a3; border-color: #3730a3; color: #fff; font-weight: 600 }
:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px } .note { color: #475569; font-size: .875rem }
</style>
</head>
<body><main>
<p class="note">Pago simulado: no se cobra nada.</p>
<h1>$title</h1>
<p class="amount">$amount</p>
$body
</main></body>
</html>
""")

_OPEN = Template("""<form method="post">
<button class="pay" name="do" value="pay">Pagar con la tarjeta simulada</button>
<button name="do" value="defer">Pagar por transferencia (se confirma después)</button>
<button name="do" value="cancel">Cancelar y volver</button>
</form>""")

_CLOSED = Template('<p>$sentence</p>\n<a href="$back">Volver</a>')

_SENTENCES = {
    "complete": "Este pago ya está hecho.",
    "expired": "Este pago ha caducado: vuelve y empieza otro.",
}

_SMALLEST_UNITS = 100  # of the currencies that packs are sold in; Stripe has some without cents


def checkout_page(session: Object) -> str:
    """The page of a session as it stands."""
    if session["status"] == "open":
        body = _OPEN.substitute()
    else:
        back = back_to(session, paid=session["status"] == "complete")
        body = _CLOSED.substitute(sentence=_SENTENCES[session["status"]], back=escape(back))
    amount = f"{session['amount_total'] / _SMALLEST_UNITS:.2f} {session['currency'].upper()}"
    return _PAGE.substitute(
        title=escape(session["_title"]), amount=escape(amount.replace(".", ",")), body=body
    )


def back_to(session: Object, *, paid: bool) -> str:
    """Where the person goes from here."""
    url: str = (session["success_url"] if paid else session["cancel_url"]) or "/"
    return url.replace("{CHECKOUT_SESSION_ID}", quote(session["id"], safe=""))
