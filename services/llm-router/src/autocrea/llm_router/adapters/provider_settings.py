"""Providers as the environment describes them: further servers of a known wire, and lists of models."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from autocrea.chassis.addresses import BaseUrl
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import NoDecode

FOUNDING = ("joxcoder", "openai", "anthropic")  # each has settings of its own


def listed(setting: str) -> tuple[str, ...]:
    """The parts of a comma-separated setting."""
    return tuple(part.strip() for part in setting.split(",") if part.strip())


def named_models(setting: str) -> dict[str, str]:
    """`name` or `name=what the provider calls it`, comma-separated; the name is the rate card's. Raises ValueError."""
    models: dict[str, str] = {}
    for part in listed(setting):
        name, _, served = (piece.strip() for piece in part.partition("="))
        if not name or name in models:
            raise ValueError(f"each model has one name of its own, see {part!r}")
        models[name] = served or name
    return models


def refuse_double_claims(models_of: Mapping[str, Mapping[str, str]]) -> None:
    """Raise ValueError when two providers serve a model: nobody could say which of them a price is for."""
    claimed: dict[str, str] = {}
    for provider, models in models_of.items():
        for model in models:
            if (other := claimed.setdefault(model, provider)) != provider:
                raise ValueError(f"the model {model} is set up at {other} and at {provider}")


def _checked_models(setting: str) -> str:
    named_models(setting)
    return setting


def _as_mapping(models: Any) -> Any:
    if isinstance(models, list) and all(isinstance(name, str) for name in models):
        return named_models(",".join(models))
    return models


ModelName = Annotated[str, Field(min_length=1, max_length=200)]
Models = Annotated[str, AfterValidator(_checked_models)]


class ExtraProvider(BaseModel):
    """One further provider on the chat completions wire."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")
    url: BaseUrl
    models: Annotated[dict[ModelName, ModelName], BeforeValidator(_as_mapping), Field(min_length=1)]
    key: SecretStr | None = None
    key_file: Path | None = None
    limit_parameter: str = Field("max_tokens", pattern=r"^[a-z_]{1,64}$")


def _read_extra_providers(setting: Any) -> Any:
    """The providers in a JSON array; raises ValueError with a sentence that names what is wrong, and no value."""
    if not isinstance(setting, str):
        return setting
    try:
        entries = json.loads(setting)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON ({error})") from None
    if not isinstance(entries, list):
        raise ValueError("it must be a JSON array of objects")  # noqa: TRY004 - pydantic wants a ValueError
    found = tuple(_extra_provider(entry, number) for number, entry in enumerate(entries, 1))
    names = [provider.name for provider in found]
    if taken := sorted({*names} & {*FOUNDING}):
        raise ValueError(f"{', '.join(taken)} has settings of its own")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{', '.join(twice)} is there twice")
    return found


def _extra_provider(entry: object, number: int) -> ExtraProvider:
    name = entry.get("name") if isinstance(entry, dict) else None
    who = f"provider {number} ({name})" if isinstance(name, str) else f"provider {number}"
    try:
        provider = ExtraProvider.model_validate(entry)
    except ValidationError as error:
        faults = (
            f"{'.'.join(str(part) for part in fault['loc']) or 'it'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise ValueError(f"{who}: {'; '.join(faults)}") from None
    if provider.key is not None and provider.key_file is not None:
        raise ValueError(f"{who}: it has a key and a key_file; leave one out")
    return provider


ExtraProviders = Annotated[tuple[ExtraProvider, ...], NoDecode, BeforeValidator(_read_extra_providers)]
