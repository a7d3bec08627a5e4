"""Shapes that several messages share; a shape of one owner alone lives beside its message."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from autocrea.contracts.ids import CallId, Sha256, StepName, Tokens
from autocrea.contracts.message import Shape
from autocrea.contracts.vocabulary import CallKind, CallOutcome, FindingClass, Open, StepState
from pydantic import Field

PRICE_PLACES: Final = 6
"""Decimal places of a price: a millionth of a token per 1,000 is finer than any provider's list."""

Price = Annotated[Decimal, Field(ge=0, lt=10**6, decimal_places=PRICE_PLACES)]
Count = Annotated[int, Field(ge=0, le=10**12)]


class PersonalData:
    """Marks a field that names a person or carries what a person wrote or got."""


class WrittenData(PersonalData):
    """Of these, what a person or a model wrote: erasure blanks it. Who a person is stays, as the ledger's pseudonym."""


PERSONAL: Final = PersonalData()
WRITTEN: Final = WrittenData()


class LocalText(Shape):
    """A sentence or title in both languages of the product."""

    es: str = Field(description="Spanish.")
    en: str = Field(description="English.")


class Usage(Shape):
    """What models count, which is not what people are charged."""

    input_tokens: Count = Field(description="Tokens read by the model, the cached ones included.")
    output_tokens: Count = Field(description="Tokens written by the model.")
    cached_tokens: Count = Field(description="Those of input_tokens that the provider had cached.")
    estimated: bool = Field(description="True when the provider reported nothing and we counted ourselves.")

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            estimated=self.estimated or other.estimated,
        )


NO_USAGE: Final = Usage(input_tokens=0, output_tokens=0, cached_tokens=0, estimated=False)


class Call(Shape):
    """One HTTP request to a provider inside an attempt."""

    call_id: CallId = Field(description="The call's id, also sent to the provider.")
    kind: Open[CallKind] = Field(description="Why the provider was called.")
    provider: str = Field(description="Who was called.")
    model: str = Field(description="Which model was asked for.")
    outcome: Open[CallOutcome] = Field(description="How the call ended.")
    usage: Usage = Field(description="What the model read and wrote.")
    first_token_ms: Count | None = Field(description="Milliseconds to the first text; null when none came.")
    total_ms: Count = Field(description="Milliseconds from sending to the end.")


class PricedModel(Shape):
    """A model and its prices in plan tokens per 1,000 of its own: decimal strings, up to six places."""

    model: str = Field(description="The model's name in the rate card.")
    price_input: Price = Field(description="Plan tokens per 1,000 tokens read and not cached.")
    price_output: Price = Field(description="Plan tokens per 1,000 tokens written.")
    price_cached: Price = Field(description="Plan tokens per 1,000 tokens read from the provider's cache.")
    context_tokens: Count = Field(description="How many tokens the model takes, prompt and answer together.")


class FileEntry(Shape):
    """A generated file without its text."""

    path: Annotated[str, WRITTEN] = Field(
        description="Path inside the application, normal form of the path guard."
    )
    sha256: Sha256 = Field(description="SHA-256 of the file's UTF-8 bytes.")
    bytes: Count = Field(description="Length of the file's UTF-8 bytes.")


class GeneratedFile(Shape):
    """A generated file with its text."""

    path: Annotated[str, WRITTEN] = Field(
        description="Path inside the application, normal form of the path guard."
    )
    text: Annotated[str, WRITTEN] = Field(description="The whole file, byte-exact once encoded as UTF-8.")


class RejectedFile(Shape):
    """A file that the model wrote and the path guard refused."""

    path: Annotated[str, WRITTEN] = Field(
        description="The path as the model wrote it, cut to 200 characters."
    )
    rule: str = Field(description="Which rule of the path guard it broke.")
    sentence: Annotated[str, WRITTEN] = Field(description="What is wrong with it, in English.")


class Finding(Shape):
    """Something that the verification of a step noticed."""

    rule: str = Field(description="The rule's name.")
    class_: Open[FindingClass] = Field(alias="class", description="How grave it is.")
    path: Annotated[str | None, WRITTEN] = Field(
        description="The file concerned; null when it concerns the whole step."
    )
    line: int | None = Field(description="The line in it, counted from 1; null when there is none.")
    sentence: Annotated[str, WRITTEN] = Field(
        description="What is wrong, in a sentence that a model can act on."
    )


class StepOutcome(Shape):
    """What a step came to in a run."""

    step: StepName = Field(description="The step.")
    state: Open[StepState] = Field(description="How it ended.")
    charge_tokens: Tokens = Field(description="What its completion was charged; 0 when it did not complete.")
    net_tokens: Tokens = Field(description="What the ledger holds for it after this run.")


class RetryOffer(Shape):
    """What the next run would do and cost."""

    quote_tokens: Tokens = Field(description="The most that the retry can cost.")
    steps: tuple[StepName, ...] = Field(description="The steps that it would execute, in pipeline order.")
