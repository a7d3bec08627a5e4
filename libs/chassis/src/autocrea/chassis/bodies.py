"""What is sent to a service as JSON: read as a model or refused by the names of what is wrong, quoting nothing."""

from typing import Annotated, Any, TypeVar

from autocrea.chassis.errors import Refused
from pydantic import BaseModel, StringConstraints, ValidationError
from starlette.requests import Request

B = TypeVar("B", bound=BaseModel)

LINE_CHARACTERS_MAX = 500  # a name or a reason; a story belongs into a ticket

Line = Annotated[
    str,
    # No control characters: PostgreSQL keeps no NUL, and a table is read line by line.
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LINE_CHARACTERS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]


class OperatorRequest(BaseModel):
    """Who acts, and why where that may be left open."""

    who: Line
    reason: Line | None = None


class ReasonedRequest(OperatorRequest):
    """Who acts, and why."""

    reason: Line


async def read_body(request: Request, model: type[B]) -> B:
    """The body, whatever its depth or its bytes; raises `Refused(invalid_request)`."""
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        names = sorted({".".join(map(str, fault["loc"])) or "body" for fault in _faults(error)})
        raise Refused("invalid_request", f"not as expected: {', '.join(names)}", status=422) from error


def _faults(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_input=False, include_context=False))
