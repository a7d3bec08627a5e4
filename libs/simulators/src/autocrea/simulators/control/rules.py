"""Rules: which call shall be answered how. What an effect does to an answer is the wire's business."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

# A test sets a handful; more means that a client adds rules in a loop and never clears them.
RULES_MAX = 1000
# No clock of the router waits longer than this for a first token.
DELAY_SECONDS_MAX = 600.0

Garble = Literal["prose", "fences", "spaced_tags", "wrong_nonce"]


class TooManyRules(Exception):
    """`RULES_MAX` rules are set already."""


class ExtraFile(BaseModel):
    """A file that the contract does not know, or one that takes the place of a file it knows."""

    model_config = ConfigDict(extra="forbid")
    path: str
    text: str


class Match(BaseModel):
    """Every given field must equal the call's; `nth` counts, from 1, the calls that match the others."""

    model_config = ConfigDict(extra="forbid")
    project: str | None = None
    step: str | None = None
    provider: str | None = None
    model: str | None = None
    attempt: int | None = None
    nth: int | None = Field(default=None, ge=1)


class Effect(BaseModel):
    """What happens to the answer. Positions are characters of the text, counted after garbling."""

    model_config = ConfigDict(extra="forbid")
    status: int | None = Field(default=None, ge=400, le=599)
    body: Any = None
    headers: dict[str, str] = Field(default_factory=dict)
    delay_seconds: float = Field(default=0, ge=0, le=DELAY_SECONDS_MAX)
    first_token_delay_seconds: float = Field(default=0, ge=0, le=DELAY_SECONDS_MAX)
    tokens_per_second: float | None = Field(default=None, ge=0)
    stall_after_chars: int | None = Field(default=None, ge=0)
    length_after_chars: int | None = Field(default=None, ge=0)
    drop_after_chars: int | None = Field(default=None, ge=0)
    finish_reason: str | None = None
    omit_end_marker: bool = False
    omit_usage: bool = False
    garble: tuple[Garble, ...] = ()
    extra_files: tuple[ExtraFile, ...] = ()
    omit_files: tuple[str, ...] = ()
    text: str | None = None


class NewRule(BaseModel):
    """The body of `POST /_sim/rules`; `times` limits how often the rule applies, absent means always."""

    model_config = ConfigDict(extra="forbid")
    match: Match = Field(default_factory=Match)
    effect: Effect
    times: int | None = Field(default=None, ge=1)


@dataclass(frozen=True, slots=True)
class Call:
    """What a rule can see of a call."""

    provider: str
    model: str
    project: str
    step: str
    attempt: int


@dataclass(slots=True)
class Rule:
    """A rule with its counters."""

    id: int
    new: NewRule
    seen: int = 0
    applied: int = 0

    def applies(self, call: Call) -> bool:
        """Whether this call is the rule's; counts it if it matches."""
        match = self.new.match
        wanted = match.model_dump(exclude={"nth"}, exclude_none=True)
        if any(getattr(call, name) != value for name, value in wanted.items()):
            return False
        self.seen += 1
        if match.nth is not None and self.seen != match.nth:
            return False
        return self.new.times is None or self.applied < self.new.times

    def shown(self) -> dict[str, Any]:
        """The rule as the API shows it."""
        counters = {"id": self.id, "seen": self.seen, "applied": self.applied}
        return counters | self.new.model_dump(mode="json", exclude_defaults=True)


@dataclass(slots=True)
class RuleBook:
    """The rules in force, oldest first; the first one that applies decides, the others go on counting."""

    rules: list[Rule] = field(default_factory=list)
    ids: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, new: NewRule) -> Rule:
        """Puts a rule in force; raises `TooManyRules`."""
        if len(self.rules) >= RULES_MAX:
            raise TooManyRules(f"{RULES_MAX} rules are set; clear them first")
        rule = Rule(next(self.ids), new)
        self.rules.append(rule)
        return rule

    def remove(self, rule_id: int | None = None) -> int:
        """Removes one rule, or all; says how many."""
        kept = [] if rule_id is None else [rule for rule in self.rules if rule.id != rule_id]
        removed = len(self.rules) - len(kept)
        self.rules = kept
        return removed

    def decide(self, call: Call) -> Rule | None:
        """The rule that decides on this call."""
        matching = [rule for rule in self.rules if rule.applies(call)]
        if not matching:
            return None
        matching[0].applied += 1
        return matching[0]
