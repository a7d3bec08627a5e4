"""Rules: which call shall be answered how. What an effect does to an answer is the wire's business."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from autocrea.simulators.control.effect import Effect
from pydantic import BaseModel, ConfigDict, Field

# A test sets a handful; more means that a client adds rules in a loop and never clears them.
RULES_MAX = 1000


class TooManyRules(Exception):
    """`RULES_MAX` rules are set already."""


class Match(BaseModel):
    """Every given field must equal the call's; `nth` counts, from 1, the calls that match the others."""

    model_config = ConfigDict(extra="forbid")
    project: str | None = None
    step: str | None = None
    user: str | None = None
    provider: str | None = None
    model: str | None = None
    attempt: int | None = None
    nth: int | None = Field(default=None, ge=1)


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
    user: str
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

    def remove(self, *, rule_id: int | None = None, project: str | None = None) -> int:
        """Removes the rule of this id, those of a project, or all; says how many."""

        def leaves(rule: Rule) -> bool:
            return rule_id in (None, rule.id) and project in (None, rule.new.match.project)

        kept = [rule for rule in self.rules if not leaves(rule)]
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
