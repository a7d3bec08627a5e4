"""What several test files share: an identity issuer with real RSA keys, and histories of generations."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, ProjectId, StepName, UserId
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.contracts.shapes import FileEntry, Finding, LocalText, RetryOffer, StepOutcome, Usage
from autocrea.contracts.vocabulary import StepState
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Issuer:
    """Signs tokens and serves its public keys through an httpx transport."""

    url = "https://issuer.test"
    party = "https://app.test"

    def __init__(self, keys: dict[str, rsa.RSAPrivateKey] | None = None) -> None:
        self.keys = dict(keys or {})
        self.fetches = 0
        self.down = False
        if not self.keys:
            self.add_key("first")

    def add_key(self, key_id: str) -> None:
        self.keys[key_id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims of Ada's session; a change to None removes the claim."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": "user_ada",
            "azp": self.party,
            "iat": now,
            "nbf": now - 1,
            "exp": now + 60,
            "sid": "sess_1",
            "email": "ada@autocrea.test",
            "email_verified": True,
            "name": "Ada",
        }
        claims.update(changes)
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, key_id: str = "first", **changes: Any) -> str:
        return jwt.encode(
            self.claims(**changes), self.keys[key_id], algorithm="RS256", headers={"kid": key_id}
        )

    def public_pem(self, key_id: str = "first") -> bytes:
        return (
            self.keys[key_id]
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )

    def document(self) -> dict[str, Any]:
        keys = [
            {
                **jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True),
                "kid": key_id,
                "use": "sig",
            }
            for key_id, key in self.keys.items()
        ]
        return {"keys": keys}

    def transport(self) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            self.fetches += 1
            if self.down:
                raise httpx.ConnectError("refused", request=request)
            return httpx.Response(200, json=self.document())

        return httpx.MockTransport(answer)


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def issuer_keys() -> dict[str, rsa.RSAPrivateKey]:
    """Made once: an RSA key costs a quarter of a second."""
    return Issuer().keys


@pytest.fixture
def issuer(issuer_keys: dict[str, rsa.RSAPrivateKey]) -> Issuer:
    return Issuer(issuer_keys)


@pytest.fixture
def stranger() -> Issuer:
    """Somebody else's issuer: same names, other keys."""
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class History:
    """The orchestrator's events of one generation, made one after the other with their sequence."""

    user_id = UserId("user_ada")
    steps = (StepName("architecture"), StepName("backend"), StepName("frontend"))
    caps = (8, 16, 14)

    def __init__(self) -> None:
        self.generation_id = GenerationId(uuid4())
        self.project_id = ProjectId(uuid4())
        self.started_at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
        self.events: list[orchestrator.GenerationEvent] = []

    def _common(self, run: int) -> dict[str, Any]:
        return {
            "generation_id": self.generation_id,
            "project_id": self.project_id,
            "user_id": self.user_id,
            "run": run,
            "sequence": len(self.events) + 1,
        }

    def time_of(self, event: orchestrator.GenerationEvent) -> datetime:
        return self.started_at + timedelta(seconds=event.sequence)

    def started(self, run: int = 1, reused: int = 0) -> "History":
        planned = [
            orchestrator.PlannedStep(
                step=step,
                title=LocalText(es=f"Paso {step}", en=f"Step {step}"),
                icon="⚙️",
                cap_tokens=cap,
                depends_on=(),
                reused=position < reused,
            )
            for position, (step, cap) in enumerate(zip(self.steps, self.caps, strict=True))
        ]
        self.events.append(
            orchestrator.GenerationStarted(
                **self._common(run),
                pipeline="webapp",
                pipeline_digest="d1",
                quote_tokens=sum(self.caps[reused:]),
                steps=tuple(planned),
            )
        )
        return self

    def step(self, position: int, run: int = 1, charge: int = 5, repairs: int = 0) -> "History":
        """A step from start to completion, after so many repairs."""
        step = self.steps[position]
        self.events.append(orchestrator.StepStarted(**self._common(run), step=step))
        for attempt in range(1, repairs + 1):
            self.events.append(
                orchestrator.StepAttemptFailed(
                    **self._common(run),
                    step=step,
                    attempt=attempt,
                    findings=(self._finding("error"),),
                    calls=(),
                    next_attempt=attempt + 1,
                )
            )
        self.events.append(
            orchestrator.StepCompleted(
                **self._common(run),
                step=step,
                attempt=repairs + 1,
                model="joxcoder-large",
                usage=Usage(input_tokens=10, output_tokens=20, cached_tokens=0, estimated=False),
                charge_tokens=charge,
                files=(FileEntry(path=f"{step}/main.py", sha256="a" * 64, bytes=7),),
                findings=(self._finding("warning"),) if repairs else (),
                summary=f"Hecho: {step}",
                duration_ms=1200,
                calls=(),
            )
        )
        return self

    def failed_step(self, position: int, run: int = 1) -> "History":
        step = self.steps[position]
        self.events.append(orchestrator.StepStarted(**self._common(run), step=step))
        self.events.append(
            orchestrator.StepFailed(
                **self._common(run),
                step=step,
                attempt=1,
                fault=FaultCode.OUTPUT_INVALID,
                findings=(),
                calls=(),
                cancelled_steps=(),
                skipped_steps=self.steps[position + 1 :],
            )
        )
        return self

    def completed(self, run: int = 1) -> "History":
        self.events.append(
            orchestrator.GenerationCompleted(
                **self._common(run),
                steps=self._outcomes(len(self.steps)),
                net_tokens=15,
                warnings=0,
                archive=orchestrator.Archive(
                    file_name="tienda-de-ñandúes.zip", sha256="b" * 64, bytes=11, files=3
                ),
            )
        )
        return self

    def failed(self, run: int = 1, completed: int = 1) -> "History":
        left = self.steps[completed:]
        self.events.append(
            orchestrator.GenerationFailed(
                **self._common(run),
                fault=FaultCode.OUTPUT_INVALID,
                steps=self._outcomes(completed),
                net_tokens=5 * completed,
                refunded_tokens=0,
                retry=RetryOffer(quote_tokens=sum(self.caps[completed:]), steps=left),
            )
        )
        return self

    def rejected(self, run: int = 1) -> "History":
        self.events.append(
            orchestrator.GenerationRejected(
                **self._common(run),
                fault=FaultCode.INSUFFICIENT_TOKENS,
                available_tokens=1,
                needed_tokens=38,
                retry_after_seconds=None,
                retry=RetryOffer(quote_tokens=38, steps=self.steps),
            )
        )
        return self

    def _outcomes(self, completed: int) -> tuple[StepOutcome, ...]:
        return tuple(
            StepOutcome(
                step=step,
                state=StepState.COMPLETED if position < completed else StepState.FAILED,
                charge_tokens=5 if position < completed else 0,
                net_tokens=5 if position < completed else 0,
            )
            for position, step in enumerate(self.steps)
        )

    def _finding(self, class_: str) -> Finding:
        return Finding(rule="parses", class_=class_, path="main.py", line=1, sentence="It does not parse.")


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture(scope="session")
def new_history() -> type[History]:
    """The class, for tests that need several."""
    return History
