"""The orchestrator says which pipelines it offers."""

from datetime import datetime

from autocrea.chassis.handlers import Effects
from autocrea.contracts.orchestrator.v1 import PipelinePublished, PipelineStep
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.orchestrator.ports import PUBLICATION, Key, Rows


class PublishPipeline:
    """Store a definition under its digest, so that generations can pin it, and publish it as the one in force."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    @property
    def keys(self) -> tuple[Key, ...]:
        return (Key(PUBLICATION, self._pipeline.name),)

    def __call__(self, rows: Rows, _now: datetime) -> tuple[int, Effects]:
        """Returns the revision, one above the last publication of any replica."""
        pipeline = self._pipeline
        revision = rows.publish(pipeline)
        message = PipelinePublished(
            pipeline=pipeline.name,
            revision=revision,
            digest=pipeline.digest,
            quote_tokens=pipeline.quote_tokens,
            steps=tuple(
                PipelineStep(
                    step=step.name,
                    title=step.title,
                    icon=step.icon,
                    cap_tokens=step.cap_tokens,
                    depends_on=step.depends_on,
                    typical_seconds=step.typical_seconds,
                )
                for step in pipeline.steps
            ),
        )
        return revision, Effects(messages=(message,))
