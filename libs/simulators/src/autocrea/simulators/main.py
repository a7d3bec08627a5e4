"""The process: settings in, one ASGI application on one port out."""

import contextlib
import logging
from collections.abc import AsyncIterator

import uvicorn
from autocrea.simulators.answering.providers import providers
from autocrea.simulators.answering.routes import model_routes
from autocrea.simulators.control.log import CallLog
from autocrea.simulators.control.routes import control_routes
from autocrea.simulators.control.rules import RuleBook
from autocrea.simulators.identity.issuer import Issuer
from autocrea.simulators.identity.routes import identity_control_routes, identity_routes
from autocrea.simulators.settings import Settings
from autocrea.simulators.stripe.routes import SimulatedStripe
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

# Open streams would hold the shutdown for as long as an answer takes to write.
SHUTDOWN_SECONDS = 2
# A page signs people in from an origin of its own, as it does at Clerk's.
ANY_PAGE = Middleware(
    CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["Content-Type"]
)
LOOPBACK = ("127.0.0.1", "::1", "localhost")

logger = logging.getLogger("autocrea.simulators")


def build(settings: Settings) -> Starlette:
    """The application: one mount per simulator, and `/_sim` for rules, log and identities."""
    rules, log = RuleBook(), CallLog()
    issuer = Issuer(settings.issuer_url, settings.authorized_party, settings.state_dir)
    rate = settings.tokens_per_second
    stripe = SimulatedStripe(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        stripe.deliveries.resume()
        yield
        await stripe.deliveries.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            *(
                Mount(f"/{one.name}/v1", routes=model_routes(one, rules, log, rate))
                for one in providers(settings)
            ),
            Mount("/identity", routes=identity_routes(issuer), middleware=[ANY_PAGE]),
            Mount("/_sim/identity", routes=identity_control_routes(issuer)),
            Mount("/stripe", routes=stripe.routes()),
            Mount("/_sim/stripe", routes=stripe.control_routes()),
            Mount("/_sim", routes=control_routes(rules, log)),
        ],
    )


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = Settings()
    if settings.host not in LOOPBACK:
        logger.warning(
            "listening on %s: whoever reaches this port can have a token for any account", settings.host
        )
    logger.info("simulators on http://%s:%d (issuer %s)", settings.host, settings.port, settings.issuer_url)
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        lifespan="on",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
