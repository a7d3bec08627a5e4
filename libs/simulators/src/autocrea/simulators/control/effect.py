"""What a rule can do to an answer, in words that fit every wire. How it looks on the wire is the wire's business."""

from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

# No clock of the router waits longer than this for a first token.
SECONDS_MAX = 600.0
# Faster keep-alives than these would only cost both ends CPU.
KEEP_ALIVE_SECONDS_MIN = 0.01

Position = Field(default=None, ge=0)
Seconds = Field(default=0, ge=0, le=SECONDS_MAX)

Garble = Literal[
    "prose",
    "fences",
    "spaced_tags",
    "wrong_nonce",
    "fenced_files",
    "unclosed_file",
    "crlf",
    "broken_json",
    "noise",
]
Framing = Literal["crlf", "cr", "comments", "split_lines", "no_space", "unknown_events", "no_end"]
Miscount = Literal["zero", "doubled", "negative", "huge", "text", "null"]


class Fault(StrEnum):
    """The errors that every vendor has, each in its own words, and with its own status."""

    INVALID_KEY = "invalid_key"
    UNKNOWN_MODEL = "unknown_model"
    PROMPT_TOO_LONG = "prompt_too_long"
    MODERATED = "moderated"
    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"
    CREDIT = "credit"  # what was paid in advance is used up
    SPEND_LIMIT = "spend_limit"  # the limit that the customer set
    SPEND_CAP = "spend_cap"  # the one that the vendor set


class ExtraFile(BaseModel):
    """A file that the contract does not know, or one that takes the place of a file it knows."""

    model_config = ConfigDict(extra="forbid")
    path: str
    text: str


class Effect(BaseModel):
    """What happens to the answer. Positions are characters of the text after garbling, or bytes of the body."""

    model_config = ConfigDict(extra="forbid")

    # Something else instead of the answer: an error by status or by name, or any body at all.
    status: int | None = Field(default=None, ge=200, le=599)
    error: Fault | None = None
    body: Any = None
    headers: dict[str, str] = Field(default_factory=dict)
    # The same error inside a stream that began well.
    error_after_chars: int | None = Position

    # When it comes. A stall without an end lasts until the client leaves.
    delay_seconds: float = Seconds
    first_token_delay_seconds: float = Seconds
    think_seconds: float = Seconds
    tokens_per_second: float | None = Field(default=None, ge=0)
    stall_after_chars: int | None = Position
    stall_after_bytes: int | None = Position
    stall_seconds: float | None = Field(default=None, gt=0, le=SECONDS_MAX)
    keep_alive_seconds: float | None = Field(default=None, ge=KEEP_ALIVE_SECONDS_MIN, le=SECONDS_MAX)

    # Where it ends.
    length_after_chars: int | None = Position
    refuse_after_chars: int | None = Position
    drop_after_chars: int | None = Position
    drop_in_character: bool = False  # inside the next one that has several bytes
    drop_after_bytes: int | None = Position
    finish_reason: str | None = None

    # What the text is.
    text: str | None = None
    garble: tuple[Garble, ...] = ()
    omit_end_marker: bool = False
    extra_files: tuple[ExtraFile, ...] = ()
    omit_files: tuple[str, ...] = ()

    # What is told about tokens.
    omit_usage: bool = False
    usage: Miscount | None = None
    cached_tokens: int = Field(default=0, ge=0)
    cache_written_tokens: int = Field(default=0, ge=0)

    # How the stream is cut into events and writes.
    framing: tuple[Framing, ...] = ()
    bad_json_after_chars: int | None = Position
    bytes_per_write: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.status is not None and self.error is not None:
            raise ValueError("status and error: give one of them, an error has its own status")
        if self.status is not None and self.status < 300 and self.body is None:
            raise ValueError("body: a status without an error needs one")
        if self.error_after_chars is not None and self.error is None and (self.status or 0) < 400:
            raise ValueError("error_after_chars: say which error, by status or by name")
        if self.stall_after_bytes is not None and self.drop_after_bytes is not None:
            raise ValueError("stall_after_bytes and drop_after_bytes: give one of them")
        if self.drop_in_character and self.drop_after_chars is None:
            raise ValueError("drop_in_character: say drop_after_chars")
        return self

    @property
    def replaces(self) -> bool:
        """Whether something else comes instead of the answer, from the start."""
        return (self.status is not None or self.error is not None) and self.error_after_chars is None
