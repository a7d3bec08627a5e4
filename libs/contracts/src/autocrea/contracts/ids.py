"""Names for the identifiers and counters that cross a service's border; no behaviour lives here."""

from typing import Annotated, NewType
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

GenerationId = NewType("GenerationId", UUID)
ProjectId = NewType("ProjectId", UUID)
PurchaseId = NewType("PurchaseId", UUID)
ArchiveId = NewType("ArchiveId", UUID)
CallId = NewType("CallId", UUID)

UserId = NewType("UserId", str)
"""The `sub` claim of the identity provider, as it spells it."""

StepName = NewType("StepName", Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")])
PipelineName = NewType("PipelineName", Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")])

Run = Annotated[int, Field(ge=1)]
"""One reservation-to-settlement of a generation: the first is 1, each retry the next."""

Attempt = Annotated[int, Field(ge=1)]
"""One `ExecuteStep` of a step inside a run: 2 and 3 are repairs."""

TOKENS_MAX = 10**12
"""Far above any balance, and far below what a 64-bit column and a JSON number hold exactly."""

Tokens = Annotated[int, Field(ge=0, le=TOKENS_MAX)]
"""An amount of the plan's unit: what a person buys and is charged."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = AwareDatetime
