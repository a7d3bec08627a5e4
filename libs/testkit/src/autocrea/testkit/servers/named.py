"""Servers that the environment names: they run already, on this machine or another, and tests only use them.

A broker gets the services' users with the tests' passwords, so it must be one that nothing but tests uses.
"""

import os
from urllib.parse import SplitResult, unquote, urlsplit

from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.testkit.vhosts import Management

POSTGRES = "AUTOCREA_TEST_POSTGRES_URL"
RABBITMQ = "AUTOCREA_TEST_RABBITMQ_URL"
RABBITMQ_MANAGEMENT = "AUTOCREA_TEST_RABBITMQ_MANAGEMENT_URL"
S3 = "AUTOCREA_TEST_S3_URL"

POSTGRES_PORT, RABBITMQ_PORT, MANAGEMENT_PORT, HTTP_PORT = 5432, 5672, 15672, 80


def postgres() -> PostgresEndpoint | None:
    """`postgresql://user:password@host:port/`, of a user who may create databases and roles."""
    url = _url(POSTGRES, "postgresql://user:password@host:port/")
    if url is None:
        return None
    user, password, host = _who_and_where(url)
    return PostgresEndpoint(url.port or POSTGRES_PORT, password, host=host, user=user)


def rabbitmq() -> RabbitmqEndpoint | None:
    """`amqp://user:password@host:port/`, of an administrator; the management API's URL names its port if unusual."""
    url = _url(RABBITMQ, "amqp://user:password@host:port/")
    if url is None:
        return None
    user, password, host = _who_and_where(url)
    management = urlsplit(os.environ.get(RABBITMQ_MANAGEMENT, ""))
    endpoint = RabbitmqEndpoint(
        url.port or RABBITMQ_PORT,
        management.port or MANAGEMENT_PORT,
        password,
        vhost=unquote(url.path[1:]) or "/",
        user=user,
        host=host,
    )
    Management(endpoint).create_users()
    return endpoint


def s3() -> S3Endpoint | None:
    """`http://key:secret@host:port/bucket`, with a bucket that exists; tests make and delete others beside it."""
    url = _url(S3, "http://key:secret@host:port/bucket")
    if url is None:
        return None
    key_id, secret, host = _who_and_where(url)
    return S3Endpoint(url.port or HTTP_PORT, key_id, secret, unquote(url.path.strip("/")), host=host)


def _url(variable: str, form: str) -> SplitResult | None:
    """The variable's URL; None without one. Raises ValueError that shows the form and not the value."""
    text = os.environ.get(variable)
    if not text:
        return None
    url, wanted = urlsplit(text), urlsplit(form)
    whole = url.username and url.password and url.hostname
    if url.scheme != wanted.scheme or not whole or (len(wanted.path) > 1 and len(url.path) < 2):
        raise ValueError(f"{variable} must look like {form}")
    return url


def _who_and_where(url: SplitResult) -> tuple[str, str, str]:
    assert url.username
    assert url.password
    assert url.hostname
    return unquote(url.username), unquote(url.password), url.hostname
