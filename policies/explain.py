"""The policy in words: what is in force, how presets differ, where a rule comes from.

Texts and plain values out, for the command line and the documentation.  What must not be known here: how
they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from textwrap import fill, indent
from typing import Any

from policies.advice import ARTICLES, Advice
from policies.articles import ADVICE, OURS, THEMES
from policies.conflicts import CONFLICTS
from policies.policy_files import PRESETS, PolicyError, load, preset
from policies.rules import POLICY
from policies.settings import Amount, Policy, choices, worded
from policies.verdicts import Rule

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting two policies choose otherwise, each value in words."""

    setting: str
    one: str
    other: str
    says: str


def show(policy: Policy) -> str:
    """Return the policy in force as a person would want to read it."""
    parts = [_wrap(f"{policy.name} ({policy.version}): {policy.says}".strip())]
    for chapter, rules in groupby(POLICY.rules, key=lambda rule: rule.chapter):
        parts.append(chapter + "\n" + _lines(f"{_sentence(rule, policy)}  [{rule.name}]" for rule in rules))
    parts += [_own_numbers(employer, policy, own) for employer, own in policy.employers]
    return "\n\n".join(parts) + "\n"


def as_json(policy: Policy) -> dict[str, Any]:
    """Return the policy in force as plain values."""
    return {
        "name": policy.name,
        "version": policy.version,
        "says": policy.says,
        "settings": {name: getattr(policy, name) for name in choices()},
        "rules": [
            {
                "name": rule.name,
                "chapter": rule.chapter,
                "says": worded(rule.says, policy),
                "sources": list(rule.sources),
                "on": not rule.optional or bool(getattr(policy, rule.name)),
            }
            for rule in POLICY.rules
        ],
        "employers": {name: [d.setting for d in differences(policy, own)] for name, own in policy.employers},
    }


def presets() -> str:
    """Return the policies that come with the program, one paragraph each."""
    return _lines(f"{name}: {preset(name).says}" for name in PRESETS) + "\n"


def differences(one: Policy, other: Policy) -> tuple[Difference, ...]:
    """Return what the two choose otherwise, in the order of the settings."""
    return tuple(
        Difference(name, _value(one, name), _value(other, name), choice.metadata["says"])
        for name, choice in choices().items()
        if getattr(one, name) != getattr(other, name)
    )


def diff(one: Policy, other: Policy) -> str:
    """Return in words what the two choose otherwise, and what each chooses for single employers."""
    found = differences(one, other)
    lines = [f"{d.setting}: {d.one} under {one.name}, {d.other} under {other.name}.  {d.says}" for d in found]
    general = _lines(lines) if lines else f"{one.name} and {other.name} choose the same."
    policies = (one,) if one == other else (one, other)
    own = [_own_numbers(name, policy, theirs) for policy in policies for name, theirs in policy.employers]
    return "\n".join([general, *own]) + "\n"


def check(text: str, file: str = "policy.toml") -> str:
    """Return what a policy file changes, in words.  Raises PolicyError with every mistake at once."""
    policy = load(text, file=file)
    changes = diff(preset("default"), policy)
    return f"{file} is a policy: {policy.version}.\n{changes}"


def why(name: str, policy: Policy) -> str:
    """Return where a rule, a piece of advice or a setting comes from and what became of it.

    Raises PolicyError where there is none of that name.
    """
    rules = {rule.name: rule for rule in POLICY.rules}
    if name in rules:
        return _why_rule(rules[name], policy)
    if name.upper() in ADVICE:
        return _why_advice(ADVICE[name.upper()])
    if name in choices():
        return f"{name} is {_value(policy, name)} under {policy.name}.  {choices()[name].metadata['says']}\n"
    known = [*rules, *choices(), *ADVICE]
    near = get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"  Did you mean {near[0]}?" if near else ""
    raise PolicyError((f"There is no rule, advice or setting “{name}”.{hint}",))


def document() -> str:
    """Return `docs/policy.md`."""
    return "\n".join(_document(preset("default"))) + "\n"


def _document(policy: Policy) -> Iterator[str]:
    yield "# The policy\n"
    yield "Printed from the code (`policies/`) and compared with it in a test.  `afterword policy show`"
    yield "prints the policy in force for you, `afterword policy why RULE` where a rule comes from.\n"
    yield "Stop wins over never, never wins over write; the order of the rules means nothing.  Articles are"
    yield "cited by two letters:\n"
    yield from (f"- **{a.id}** {a.title} ({a.author})" for a in ARTICLES)
    yield "\n## The rules under the default policy"
    for chapter, rules in groupby(POLICY.rules, key=lambda rule: rule.chapter):
        yield f"\n### {chapter}\n"
        yield from (f"- {_sentence(rule, policy)}  \n  `{rule.name}` · {_ids(rule)}" for rule in rules)
    yield "\n## Numbers and switches\n"
    yield "| setting | default | what it does |\n|---|---|---|"
    yield from (f"| `{n}` | {_value(policy, n)} | {c.metadata['says']} |" for n, c in choices().items())
    yield "\n## Presets\n"
    for name in PRESETS:
        changes = "; ".join(f"`{d.setting}` {d.other}" for d in differences(policy, preset(name)))
        yield f"- **{name}**: {preset(name).says}" + (f"  ({changes})" if changes else "")
    yield "\nA file of your own says on which preset it is `based_on` and what it changes; see"
    yield "[default.toml](../policies/presets/default.toml).\n"
    yield "## Where the articles disagree\n"
    for conflict in CONFLICTS:
        yield f"### {conflict.question}\n"
        yield from (f"- {article.id}: {position}" for article, position in conflict.positions)
        others = f"  Otherwise: {', '.join(f'`{p}`' for p in conflict.presets)}." if conflict.presets else ""
        yield f"\nOur choice: {conflict.choice}{others}\n"
    yield "## The advice, and what became of it"
    for theme, advice in THEMES:
        yield f"\n### {theme}\n"
        yield "| id | advice | words of the articles | fate |\n|---|---|---|---|"
        yield from (f"| {a.id} | {a.says} | {'; '.join(map(str, a.quotes))} | {_fate(a)} |" for a in advice)


def _sentence(rule: Rule, policy: Policy) -> str:
    off = rule.optional and not getattr(policy, rule.name)
    return worded(rule.says, policy) + (" (switched off)" if off else "")


def _why_rule(rule: Rule, policy: Policy) -> str:
    cited = [_why_advice(ADVICE[i]) for i in _ids(rule).split(", ") if i != OURS]
    own = ["A choice of our own that no article makes.\n"] if OURS in rule.sources else []
    switch = f"Switch: {rule.name} = {_value(policy, rule.name)}\n" if rule.optional else ""
    return "\n".join([f"{rule.name}\n{_wrap(_sentence(rule, policy))}\n{switch}", *cited, *own])


def _why_advice(advice: Advice) -> str:
    quotes = "\n".join(f"“{q.words}” {q.article.title} ({q.article.author})" for q in advice.quotes)
    return f"{advice.id}: {advice.says}\n{indent(quotes, '    ')}\n    {_fate(advice)}\n"


def _fate(advice: Advice) -> str:
    citing = [rule.name for rule in POLICY.rules if advice.id in _ids(rule).split(", ")]
    by = ", ".join(f"`{name}`" for name in (*citing, *advice.by))
    return f"{advice.fate}{' by ' if by else ''}{by}.  {advice.why}".strip()


def _ids(rule: Rule) -> str:
    return ", ".join(source.partition(" ")[0] for source in rule.sources)


def _value(policy: Policy, name: str) -> str:
    value = getattr(policy, name)
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{Amount(value, choices()[name].metadata['unit'])}"


def _own_numbers(employer: str, policy: Policy, own: Policy) -> str:
    changes = [f"{d.setting}: {d.other} instead of {d.one}.  {d.says}" for d in differences(policy, own)]
    return f"\nFor {employer} under {policy.name}\n{_lines(changes)}"


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(fill(t, WIDTH, initial_indent="  ", subsequent_indent="    ") for t in texts)


def _wrap(text: str) -> str:
    return fill(text, WIDTH)
