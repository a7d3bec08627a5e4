"""A sample of each message of the gateway."""

from collections.abc import Iterator

from autocrea.contracts.gateway import v1
from autocrea.contracts.message import Message
from autocrea.contracts.samples import values as the
from autocrea.contracts.vocabulary import Language


def samples() -> Iterator[Message]:
    """One of each, in the catalogue's order."""
    yield v1.GenerationRequested(
        generation_id=the.GENERATION,
        run=1,
        project_id=the.PROJECT,
        project_name=the.PROJECT_NAME,
        user_id=the.ADA,
        prompt="Landing page con formulario de contacto",
        language=Language.ES,
        pipeline=the.PIPELINE,
        pipeline_digest=the.PIPELINE_DIGEST,
        rate_card_version=the.RATE_CARD,
        quote_tokens=sum(the.CAPS.values()),
        model_preference=None,
        email_verified=True,
    )
    yield v1.RetryRequested(generation_id=the.GENERATION, run=2, user_id=the.ADA)
    yield v1.CancellationRequested(generation_id=the.GENERATION, run=1, user_id=the.ADA)
    yield v1.AccountOpened(user_id=the.ADA, email_verified=True)
    yield v1.ProjectDeleted(project_id=the.PROJECT, user_id=the.ADA, generation_ids=(the.GENERATION,))
