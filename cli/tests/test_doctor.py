"""`autocrea doctor` from outside: a line for each broken thing that names the variable, and never a secret."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from autocrea.cli.operating.bucket import Bucket, refusal
from autocrea.cli.parts import S3, S3Endpoint
from autocrea.cli.parts.ports import choose_port
from autocrea.cli.parts.s3 import REGION
from autocrea.cli.texts import say
from command_line import CommandLine, Ended

SECRET = "a-secret-that-nobody-may-see"


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "state")


@pytest.fixture
async def store(s3: Callable[..., S3]) -> S3Endpoint:
    return await s3().start()


def wrong(doctor: Ended) -> list[str]:
    """The lines of the checks that failed, and the proof that it said so at its end and kept what is secret."""
    lines = [line for line in doctor.out.splitlines() if line.startswith("✘")]
    assert doctor.code == (1 if lines else 0), doctor
    assert SECRET not in doctor.out + doctor.err
    return lines


async def test_doctor_is_content_when_nothing_runs_and_nothing_is_replaced(cli: CommandLine) -> None:
    assert wrong(await cli.run("doctor")) == []


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"CLERK_ISSUER": f"http://ada:{SECRET}@127.0.0.1:9"}, "CLERK_ISSUER"),
        ({"CLERK_ISSUER": f"no-url-{SECRET}", "CLERK_JWKS_URL": f"no-url-{SECRET}"}, "CLERK_ISSUER"),
        ({"JOXCODER_API_URL": f"http://ada:{SECRET}@127.0.0.1:9/v1"}, "JOXCODER_API_URL"),
        ({"ENV": "production"}, "ENV=production"),
        ({"ENV": "production", "CLERK_ISSUER": "http://127.0.0.1:7090/identity"}, "CLERK_ISSUER"),
        ({"AWS_S3_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_S3_BUCKET": "b"}, "AWS_SECRET_ACCESS_KEY"),
        ({"STRIPE_SECRET_KEY_FILE": "/no/such/file"}, "STRIPE_SECRET_KEY_FILE"),
    ],
)
async def test_doctor_names_the_variable_when_it_names_something_unusable(
    cli: CommandLine, variables: dict[str, str], named: str
) -> None:
    cli.variables = variables
    assert any(named in line for line in wrong(await cli.run("doctor")))


async def test_doctor_reads_the_keys_when_they_are_in_files(
    cli: CommandLine, store: S3Endpoint, tmp_path: Path
) -> None:
    good, other = tmp_path / "good", tmp_path / "other"
    good.write_text(f"{store.secret_access_key}\n")
    other.write_text(SECRET)
    cli.variables = {
        "AWS_S3_ENDPOINT_URL": store.url,
        "AWS_ACCESS_KEY_ID": store.access_key_id,
        "AWS_S3_BUCKET": store.bucket,
    }
    for file, refused in ((good, False), (other, True)):
        cli.variables |= {"AWS_SECRET_ACCESS_KEY_FILE": str(file)}
        lines = wrong(await cli.run("doctor"))
        assert ["AWS_SECRET_ACCESS_KEY" in line for line in lines] == [True] * refused


async def test_doctor_tries_the_key_when_the_s3_is_the_persons_own(
    cli: CommandLine, store: S3Endpoint
) -> None:
    good = {
        "AWS_S3_ENDPOINT_URL": store.url,
        "AWS_ACCESS_KEY_ID": store.access_key_id,
        "AWS_SECRET_ACCESS_KEY": store.secret_access_key,
        "AWS_S3_BUCKET": store.bucket,
    }
    for changed, named in (
        ({}, []),
        ({"AWS_SECRET_ACCESS_KEY": SECRET}, ["AWS_SECRET_ACCESS_KEY"]),
    ):
        cli.variables = good | changed
        doctor = await cli.run("doctor")
        assert store.secret_access_key not in doctor.out + doctor.err
        assert [name in line for line in wrong(doctor) for name in named] == [True] * len(named)


async def test_each_trouble_with_a_bucket_has_its_own_words(store: S3Endpoint) -> None:
    good = Bucket(store.url, REGION, store.bucket, store.access_key_id, store.secret_access_key)
    nobody = f"http://127.0.0.1:{choose_port()}"
    for bucket, key, named in (
        (replace(good, secret_access_key=SECRET), "check_object_store_key", "AWS_SECRET_ACCESS_KEY"),
        (replace(good, access_key_id="UNKNOWN"), "check_object_store_key", "AWS_ACCESS_KEY_ID"),
        (replace(good, name="another"), "check_object_store_bucket", "AWS_S3_BUCKET"),
        (replace(good, url=nobody), "check_object_store_down", "AWS_S3_ENDPOINT_URL"),
    ):
        refused = await asyncio.to_thread(refusal, bucket)
        assert refused is not None
        assert refused[0] == key
        assert named in say(key, url=bucket.url, **refused[1])
