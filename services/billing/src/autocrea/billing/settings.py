"""What billing is told by its environment."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from autocrea.billing.domain.policy import Policy
from autocrea.chassis.keys import KeyTrouble, key_in
from autocrea.chassis.secret_files import parted
from autocrea.chassis.settings import ServiceSettings
from pydantic import AnyHttpUrl, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

KEY_MODE: Final = re.compile(r"^[sr]k_(?P<mode>live|test)_")


class Settings(ServiceSettings):
    """Read once at start; Stripe's keys again and again."""

    model_config = SettingsConfigDict(env_prefix="AUTOCREA_BILLING_")

    http_port: int = Field(8003, description="Port of the internal API, operator routes, health and metrics.")
    gateway_token: SecretStr = Field(
        description="What the gateway must present on `/internal` routes; while it is changed, the old and the new one "
        "with a comma between."
    )
    welcome_tokens: int = Field(
        100, ge=0, description="Given once to a person whose e-mail is verified; 0 gives nothing."
    )
    welcome_daily_max_tokens: int = Field(
        20_000, ge=0, description="All welcome grants of a day (UTC) together; the next day gives the rest."
    )
    absorbed_daily_max_tokens: int = Field(
        150,
        ge=1,
        description="What the platform pays a day (UTC) for one person's rejected attempts and cancelled steps; "
        "at this sum new runs wait for the next day. Three times the default pipeline's quote.",
    )
    hold_overdue_seconds: int = Field(
        3_600, ge=60, description="A hold open this long is reported; longer than any run's deadline."
    )

    stripe_secret_key: SecretStr | None = Field(
        None,
        validation_alias="STRIPE_SECRET_KEY",
        description="Unset: nothing can be bought. Its beginning says which mode's events are believed.",
    )
    stripe_secret_key_file: Path | None = Field(
        None,
        validation_alias="STRIPE_SECRET_KEY_FILE",
        description="A file that holds the key instead; a change is noticed without a restart.",
    )
    stripe_webhook_secret: SecretStr | None = Field(
        None,
        validation_alias="STRIPE_WEBHOOK_SECRET",
        description="What webhooks are signed with; while it is changed, the old and the new one with a comma between.",
    )
    stripe_webhook_secret_file: Path | None = Field(
        None,
        validation_alias="STRIPE_WEBHOOK_SECRET_FILE",
        description="A file that holds the secret, or both, instead; a change is noticed without a restart.",
    )
    stripe_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://api.stripe.com"),
        validation_alias="STRIPE_API_URL",
        description="Where Stripe's API is; a simulator's address in development.",
    )
    pages_url: AnyHttpUrl = Field(
        AnyHttpUrl("http://127.0.0.1:8000"),
        description="Where our pages are: Stripe sends people back there.",
    )

    @model_validator(mode="after")
    def _money_fails_closed(self) -> Self:
        key, secret = self.stripe_keys()
        if key is None:
            return self
        if not parted(secret):
            raise ValueError("STRIPE_WEBHOOK_SECRET must be set where STRIPE_SECRET_KEY is")
        if self.stripe_mode is None:
            raise ValueError("STRIPE_SECRET_KEY must begin with sk_live_, sk_test_, rk_live_ or rk_test_")
        real = self.stripe_mode == "live" and self.stripe_api_url.scheme == "https"
        if self.env == "production" and not real:
            raise ValueError(
                "ENV=production sells for real money: STRIPE_SECRET_KEY must be a live key over https"
            )
        return self

    def stripe_keys(self) -> tuple[SecretStr | None, SecretStr | None]:
        """The API's key and the webhooks' secret as they are now. Raises ValueError, which quotes neither."""
        return (
            _one_of(self.stripe_secret_key, self.stripe_secret_key_file, "STRIPE_SECRET_KEY"),
            _one_of(self.stripe_webhook_secret, self.stripe_webhook_secret_file, "STRIPE_WEBHOOK_SECRET"),
        )

    @property
    def stripe_mode(self) -> str | None:
        """`live` where the key moves real money, `test` where it does not, None without a key."""
        key, _ = self.stripe_keys()
        match = None if key is None else KEY_MODE.match(key.get_secret_value())
        return None if match is None else match["mode"]

    @property
    def policy(self) -> Policy:
        return Policy(self.welcome_tokens, self.welcome_daily_max_tokens, self.absorbed_daily_max_tokens)

    @property
    def hold_overdue_after(self) -> timedelta:
        return timedelta(seconds=self.hold_overdue_seconds)


def _one_of(value: SecretStr | None, file: Path | None, name: str) -> SecretStr | None:
    if file is None:
        return value
    if value is not None:
        raise ValueError(f"{name} and {name}_FILE are both set; unset one")
    try:
        return key_in(file)
    except KeyTrouble as error:
        raise ValueError(f"{name}_FILE: {error}") from error
