"""Choosing the entities that a request asks for."""

import re
from dataclasses import replace

from autocrea.simulators.writer.brief import Language
from autocrea.simulators.writer.order import Order, plain, slug
from autocrea.simulators.writer.records.domain import Domain, derived, domains

# The word after one of these is what the application is about.
_SPANISH = re.compile(
    r"\b(?:gestionar|gestion de|gestor de|administrar|controlar|control de|organizar|registrar|registro de|llevar|"
    r"seguimiento de|lista de|coleccion de|catalogo de|(?:app|aplicacion|sistema|plataforma|web) (?:de|para|sobre))\s+"
    r"(?:(?:gestionar|controlar|registrar|organizar) )?"
    r"(?:(?:mis|mi|los|las|el|la|tus|un|una|unas|unos) )?([a-z]{3,30})\b"
)
_ENGLISH = re.compile(
    r"\b(?:manag(?:e|es|ing)|track(?:s|ing)?|organi[sz](?:e|ing)|list of|collection of|catalog(?:ue)? of|"
    r"(?:app|application|system|platform|tool) (?:for|to)(?: (?:manage|track|organi[sz]e))?)\s+"
    r"(?:(?:my|our|the|a|an|all) )?([a-z]{3,30})\b"
)
# Words that say nothing about what is managed, and words that mean something in the code that is written.
_NOTHING = frozenset(
    (
        "api",
        "rest",
        "app",
        "aplicacion",
        "application",
        "web",
        "datos",
        "data",
        "cosas",
        "things",
        "sistema",
        "system",
        "informacion",
        "information",
        "field",
        "fields",
        "literal",
        "literals",
        "value",
        "values",
        "reference",
        "references",
        "exists",
    )
)


def choose(order: Order) -> Domain:
    """The domain that most of its words are found of, with the entities that are wanted; else a derived one."""
    request = plain(order.request)
    scored = [(_score(domain.keywords, request), domain) for domain in domains(order.language)]
    best, domain = max(scored, key=lambda pair: pair[0])
    if not best:
        return _derived(order)
    wanted = tuple(one for one in domain.entities if not one.keywords or _score(one.keywords, request))
    return replace(domain, entities=wanted)


def _score(keywords: tuple[str, ...], request: str) -> int:
    return sum(bool(re.search(rf"\b{re.escape(keyword)}(?:s|es)?\b", request)) for keyword in keywords)


def _derived(order: Order) -> Domain:
    """The derived domain, its entity named by the request's own noun if one is found."""
    domain = derived(order.language)
    pattern = _ENGLISH if order.language == "en" else _SPANISH
    lowered = order.request.lower()
    folded = plain(lowered)
    for found in pattern.finditer(folded):
        if found[1] in _NOTHING:
            continue
        # The label keeps its accents where folding changed no positions.
        word = lowered[found.start(1) : found.end(1)] if len(lowered) == len(folded) else found[1]
        identifier = slug(found[1]).replace("-", "_")
        plural = _plural(identifier, order.language)
        entity = replace(domain.entities[0], name=_singular(plural, order.language), plural=plural)
        label = _plural(word, order.language).capitalize()
        return Domain((), label, (replace(entity, label=label),))
    return domain


def _plural(word: str, language: Language) -> str:
    if word.endswith("s"):
        return word
    if language == "es":
        return (
            f"{word}s"
            if word[-1] in "aeiouáéó"
            else f"{word.removesuffix('z')}{'c' if word[-1] == 'z' else ''}es"
        )
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2] not in "aeiou" else f"{word}s"


def _singular(plural: str, language: Language) -> str:
    if language == "es" and plural.endswith("ces"):
        return f"{plural[:-3]}z"
    if language == "es" and re.search(r"[lrnd]es$", plural):
        return plural[:-2]
    if language == "en" and plural.endswith("ies"):
        return f"{plural[:-3]}y"
    return plural[:-1] if plural.endswith("s") and len(plural) > 3 else f"{plural}_item"
