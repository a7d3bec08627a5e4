"""`doctor`: one line per check, what is wrong and how to mend it. Never prints a secret."""

import os
import platform
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import typer
from autocrea.cli.operating.bucket import Bucket, refusal
from autocrea.cli.operating.system import named
from autocrea.cli.parts import debian
from autocrea.cli.parts.postgres import programs_folder, unprivileged
from autocrea.cli.parts.processes import Registry
from autocrea.cli.parts.rabbitmq_programs import how_to_get_it, installed, unpacked
from autocrea.cli.parts.s3 import REGION, rclone
from autocrea.cli.stack.environment import replaced
from autocrea.cli.stack.layout import JOXCODER
from autocrea.cli.stack.readiness import missing_of_each
from autocrea.cli.stack.report import read_report
from autocrea.cli.stack.state import State, find_state
from autocrea.cli.terminal import FAILED, out, told
from autocrea.cli.texts import say
from autocrea.cli.trouble import Trouble
from rich.markup import escape

DISK_BYTES_MIN = 1024**3
"""Packages and Erlang take 250 MB, a fresh cluster and broker 100 MB; the rest is room to work."""

PYTHON_MIN = (3, 11)

ANSWER_SECONDS = 5.0
"""A server that is up answers a trivial request well within it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check, as a text's key and its values."""

    well: bool
    key: str
    values: dict[str, object]


def fine(key: str, **values: object) -> Finding:
    return Finding(True, key, values)


def ill(key: str, **values: object) -> Finding:
    return Finding(False, key, values)


@told
def doctor() -> None:
    """Qué falta o está roto, y cómo se arregla; sale con 1 si algo falla."""
    state = find_state()
    findings = [finding for check in CHECKS for finding in check(state)]
    for finding in findings:
        mark = "[green]✔[/green]" if finding.well else "[red]✘[/red]"
        out.print(f"{mark} {escape(say(finding.key, **finding.values))}")
    count = sum(not finding.well for finding in findings)
    out.print(say("doctor_ill", count=count) if count else say("doctor_well"))
    if count:
        raise typer.Exit(FAILED)


def check_python(_state: State) -> Iterator[Finding]:
    good = sys.version_info >= PYTHON_MIN
    yield (fine if good else ill)(
        "check_python" if good else "check_python_old", version=platform.python_version()
    )


def check_state(state: State) -> Iterator[Finding]:
    place = state.folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK):
        yield ill("check_state_unwritable", folder=state.folder)
    elif free < DISK_BYTES_MIN:
        wanted = DISK_BYTES_MIN / 1024**2
        yield ill("check_disk_full", folder=state.folder, free_mib=free / 1024**2, wanted_mib=wanted)
    else:
        yield fine("check_state", folder=state.folder, free_gib=free / 1024**3)


def check_parts(state: State) -> Iterator[Finding]:
    try:
        unprivileged()
        yield fine("check_postgres", version=programs_folder())
    except Trouble as trouble:
        yield ill(trouble.key, **trouble.values)
    programs = installed() or unpacked(state.cache / "rabbitmq")
    if programs:
        yield fine("check_rabbitmq", origin=programs.server)
    elif debian.available() or shutil.which("brew"):
        yield fine("check_rabbitmq_fetchable")
    else:
        yield ill("rabbitmq_missing", command=how_to_get_it())
    if not replaced().object_store:
        try:
            yield fine("check_s3", path=rclone())
        except Trouble as trouble:
            yield ill(trouble.key, **trouble.values)


def check_replacements(_state: State) -> Iterator[Finding]:
    """What the person's own environment names must be there and answer."""
    environ, mine = os.environ, replaced()
    if environ.get("ENV") == "production" and not mine.simulators:
        yield ill("check_environment")
    if mine.object_store:
        yield _read(_check_object_store, environ)
    yield _read(_check_payments, environ)
    if mine.identity:
        yield _check_issuer(environ)
    else:
        yield fine("check_simulated", what="Clerk")
    if JOXCODER in mine.providers:
        yield _read(_check_model, environ)
    else:
        yield fine("check_simulated", what="JoxCoder")


def _read(check: Callable[[Mapping[str, str]], Finding], environ: Mapping[str, str]) -> Finding:
    """The outcome of a check that needs a secret; one in a file that cannot be read is what is wrong."""
    try:
        return check(environ)
    except Trouble as trouble:
        return ill(trouble.key, **trouble.values)


def _check_model(environ: Mapping[str, str]) -> Finding:
    url = environ["JOXCODER_API_URL"].rstrip("/")
    headers = {"Authorization": f"Bearer {named(environ, 'JOXCODER_API_KEY')}"}
    reason = _unanswered(f"{url}/models", headers, refused=(401, 403))
    url = _shown(url)
    return ill("check_model_down", url=url, reason=reason) if reason else fine("check_model", url=url)


def _check_payments(environ: Mapping[str, str]) -> Finding:
    """Stripe itself is not asked: its keys do nothing but sell, and every use of one is logged there."""
    if not named(environ, "STRIPE_SECRET_KEY"):
        return fine("check_simulated", what="Stripe")
    return fine("check_stripe") if named(environ, "STRIPE_WEBHOOK_SECRET") else ill("check_stripe_secret")


def _check_issuer(environ: Mapping[str, str]) -> Finding:
    issuer = environ["CLERK_ISSUER"].rstrip("/")
    keys = environ.get("CLERK_JWKS_URL") or f"{issuer}/.well-known/jwks.json"
    if environ.get("ENV", "development") != "development" and {
        urlsplit(issuer).scheme,
        urlsplit(keys).scheme,
    } != {"https"}:
        return ill("check_issuer_insecure", url=_shown(issuer))
    reason = _unanswered(keys, wanted=(200,))
    if reason:
        return ill("check_issuer_down", url=_shown(issuer), reason=reason)
    return fine("check_issuer", url=_shown(issuer))


def _check_object_store(environ: Mapping[str, str]) -> Finding:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_S3_BUCKET")
    key_id, secret, bucket = said = [named(environ, name) for name in names]
    if missing := [name for name, value in zip(names, said, strict=True) if not value]:
        return ill("check_object_store_keys", names=", ".join(missing))
    url, region = environ["AWS_S3_ENDPOINT_URL"], environ.get("AWS_REGION") or REGION
    refused = refusal(Bucket(url, region, bucket, key_id, secret))
    if refused is None:
        return fine("check_object_store", url=_shown(url), bucket=bucket)
    key, values = refused
    return ill(key, url=_shown(url), **values)


def check_stack(state: State) -> Iterator[Finding]:
    report = read_report(state)
    if report is None:
        left = sorted({pid for folder in state.registries() for pid in Registry(folder).leftovers()})
        yield ill("check_leftovers", pids=", ".join(map(str, left))) if left else fine("check_not_running")
        return
    names = [process["name"] for process in report["processes"]]
    for name, missing in zip(names, missing_of_each(report["processes"]), strict=True):
        yield (
            ill("check_service_ill", name=name, missing=missing)
            if missing
            else fine("check_service", name=name)
        )


def _unanswered(
    url: str,
    headers: dict[str, str] | None = None,
    *,
    wanted: tuple[int, ...] = (),
    refused: tuple[int, ...] = (),
) -> str | None:
    """None when the server answers as wanted, else why not. Without `wanted`, any answer that is not
    `refused` or 5xx will do."""
    try:
        request = urllib.request.Request(url, headers=headers or {})  # noqa: S310 -- the person's own address
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            code = answer.status
    except urllib.error.HTTPError as error:
        code = error.code
    except OSError as error:
        return str(error)
    except ValueError:  # its words would repeat the address, with whatever is in it
        return say("not_a_url")
    bad = code not in wanted if wanted else code in refused or code >= 500
    return f"HTTP {code}" if bad else None


def _shown(url: str) -> str:
    """The address without the name and password that it may carry; of what is none, nothing."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "…"
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


CHECKS: tuple[Callable[[State], Iterator[Finding]], ...] = (
    check_python,
    check_state,
    check_parts,
    check_replacements,
    check_stack,
)
