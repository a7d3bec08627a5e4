"""What clients send."""

import unicodedata
from typing import Annotated
from uuid import UUID

from autocrea.contracts.internal import PACK_CHARACTERS_MAX
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

NAME_CHARACTERS_MAX = 80  # it becomes a title and, shortened, a file name
PROMPT_CHARACTERS_MAX = 16_000
PROMPT_BYTES_MAX = 24 * 1024  # twice that, escaped, still leaves a message of 64 KiB room for the rest
_KEPT_CONTROLS = "\n\r\t"
_NO_CONTROLS = r"^[^\x00-\x1f]+$"


def plain(text: str) -> str:
    """The text in one spelling; raises ValueError for what no person types."""
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(c) == "Cc" and c not in _KEPT_CONTROLS for c in text):
        raise ValueError("control characters are not allowed")
    if len(text.encode()) > PROMPT_BYTES_MAX:
        raise ValueError(f"at most {PROMPT_BYTES_MAX} bytes")
    return text


def one_line(text: str) -> str:
    """The text, if it is one line; raises ValueError."""
    if any(c in text for c in _KEPT_CONTROLS):
        raise ValueError("a name is one line")
    return text


Prompt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=PROMPT_CHARACTERS_MAX),
    AfterValidator(plain),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_CHARACTERS_MAX),
    AfterValidator(plain),
    AfterValidator(one_line),
]
Choice = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_NO_CONTROLS)
]
PackChoice = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=PACK_CHARACTERS_MAX, pattern=_NO_CONTROLS
    ),
]
PipelineChoice = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]

ShownPrice = Annotated[
    int | None,
    Field(
        ge=0,
        description="The price that you were shown. At another one nothing begins: `409 quote_changed` tells it.",
    ),
]


class GenerateRequest(BaseModel):
    """What a person wants built. A new project takes `project_name`, an existing one is named by `project_id`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "prompt": "Blog con CMS y autenticación",
                    "project_name": "mi-super-app",
                    "model_preference": "joxcoder",
                }
            ]
        }
    )

    prompt: Prompt = Field(description="The description, in any language.")
    project_name: Name | None = Field(None, description="Name of the new project.")
    project_id: UUID | None = Field(None, description="An existing project of yours.")
    model_preference: Choice | None = Field(
        None, description="A model of the quote, by name or alias; null leaves it to the pipeline."
    )
    pipeline: PipelineChoice = Field("webapp", description="What kind of application.")
    quote_tokens: ShownPrice = None

    @model_validator(mode="after")
    def _names_a_project(self) -> "GenerateRequest":
        if self.project_name is None and self.project_id is None:
            raise ValueError("project_name or project_id is required")
        return self


class RetryRequest(BaseModel):
    """What a person was told before they took a generation up again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"quote_tokens": 26}]})

    quote_tokens: ShownPrice = None


class CheckoutRequest(BaseModel):
    """What a person wants to buy."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"pack": "starter"}]})

    pack: PackChoice = Field(description="A pack of `GET /api/billing/packs`.")
