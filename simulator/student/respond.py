"""Candidate replies: the scenario's rules, filled in from what the student believes and has said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from simulator.student.numbers import Value, plain, same_value
from simulator.student.parts import Reply
from simulator.student.perceive import Entity, Perception, perceive
from simulator.student.rules import fit
from simulator.student.schema import Scenario
from simulator.student.state import StudentState, value_of
from simulator.student.templates import BEFORE, fill, placeholders_in

_SpokenAt = Callable[[str], dict[str, str]]  # stage -> what its placeholders are filled with

_GENERIC_SCORE = 0.1
_VARIANT_DISCOUNT = 0.9


@dataclass(frozen=True)
class Candidate:
    """One possible reply; ``effects`` is what saying it does to the state.

    ``score`` runs from 0 to 1 and says how well it answers; ``source`` is rule, retrieval or generic;
    ``rule`` is the id of the reply in the scenario, empty when there is none.
    """

    text: str
    source: str
    score: float
    rule: str
    effects: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "source": self.source,
            "score": self.score,
            "rule": self.rule,
            "effects": list(self.effects),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Candidate":
        return cls(value["text"], value["source"], value["score"], value["rule"], tuple(value["effects"]))


def candidates(
    scenario: Scenario,
    state: StudentState,
    *,
    text: str,
    act: str,
    entities: Sequence[Entity] = (),
    k: int | None = None,
    settled: bool = False,
) -> list[Candidate]:
    """Up to ``k`` different replies to a teacher's line, best first; the same input gives the same list.

    ``settled`` says that a person named the entities, see ``perceive``.
    """
    seen = perceive(scenario, state, text=text, act=act, entities=entities, settled=settled)
    wanted = k or scenario.candidate_count
    # Many replies fit and few stages are near: each stage's beliefs are worked out once for all of them.
    spoken_at = cache(lambda stage: spoken_values(scenario, replace(state, stage=stage)))
    found = [
        candidate
        for reply in scenario.replies
        if (score := fit(scenario, state, reply, seen)) > 0
        for candidate in _variants(scenario, state, reply, seen, score, spoken_at)
    ]
    found.sort(key=lambda candidate: -candidate.score)
    found += _generic(scenario, state)
    unique = {candidate.text: candidate for candidate in reversed(found)}
    return [candidate for candidate in found if unique[candidate.text] is candidate][:wanted]


def best_of(found: Sequence[Candidate], k: int) -> list[Candidate]:
    """The ``k`` best of candidates from several sources, no text twice."""
    unique: dict[str, Candidate] = {}
    for candidate in sorted(found, key=lambda candidate: -candidate.score):
        unique.setdefault(candidate.text.casefold(), candidate)
    return list(unique.values())[:k]


def _variants(
    scenario: Scenario,
    state: StudentState,
    reply: Reply,
    seen: Perception,
    score: float,
    spoken_at: _SpokenAt,
) -> list[Candidate]:
    """The reply's next two lines; the second is there for a supervisor to choose."""
    composer = _Composer(scenario, state, reply, seen, spoken_at)
    usable = composer.usable_lines()
    first = state.spoken.get(composer.counter, 0)
    turn = [usable[(first + step) % len(usable)] for step in range(min(2, len(usable)))]
    return [composer.candidate(line, score * _VARIANT_DISCOUNT**rank) for rank, line in enumerate(turn)]


def _generic(scenario: Scenario, state: StudentState) -> list[Candidate]:
    lines = scenario.fallback_lines
    line = lines[state.spoken.get("", 0) % len(lines)]
    text = fill(line, _names(scenario, state)) or line
    return [Candidate(text, "generic", _GENERIC_SCORE, "", ({"kind": "spoke", "rule": ""},))]


class _Composer:
    """Turns one reply of the scenario into text and effects, for one line of the teacher."""

    def __init__(
        self,
        scenario: Scenario,
        state: StudentState,
        reply: Reply,
        seen: Perception,
        spoken_at: _SpokenAt,
    ) -> None:
        self.scenario, self.state, self.reply, self.seen = scenario, state, reply, seen
        self.points = reply.nudge if reply.id not in state.nudged else 0
        self.next_stage = self._next_stage()
        self.after = replace(state, stage=self.next_stage) if self.next_stage else state
        spoken = spoken_at(self.after.stage)
        self.table = spoken | _turn_names(scenario, seen, spoken)

    @property
    def counter(self) -> str:
        """Under which name the turns of these lines are counted."""
        kind = "then" if self.next_stage else "again" if self.reply.again and self._asked_again() else ""
        return f"{self.reply.id}:{kind}" if kind else self.reply.id

    def usable_lines(self) -> list[str]:
        """The variants whose placeholders all have a value now."""
        wanted = self._lines()
        usable = [line for line in wanted if fill(line, self.table) is not None]
        if not usable and wanted is not self.reply.say:
            usable = [line for line in self.reply.say if fill(line, self.table) is not None]
        return usable

    def candidate(self, line: str, score: float) -> Candidate:
        """The line with its numbers, the change of mind it needs, and what it does to the state."""
        text = fill(line, self.table) or line
        claims = self._claims(line)
        text = " ".join([text, *self._revisions(line, claims)])
        if self._asked_again() and not self.reply.again and not self.next_stage and claims:
            again = self.scenario.again_lines
            wrap = again[self.state.turn % len(again)]
            text = fill(wrap, {**self.table, "line": text}) or text
        return Candidate(text, "rule", round(score, 4), self.reply.id, self._effects(claims))

    def _lines(self) -> Sequence[str]:
        if self.next_stage:
            return self.reply.then or self.scenario.stages[self.next_stage].arrival or self.reply.say
        return self.reply.again if self._asked_again() and self.reply.again else self.reply.say

    def _asked_again(self) -> bool:
        key = f"{self.reply.id}|{self.seen.about}"
        return self.state.asked.get(key) == self.state.stage

    def _next_stage(self) -> str | None:
        if self.reply.go_to and self.reply.go_to != self.state.stage:
            return self.reply.go_to
        stage = self.scenario.stages[self.state.stage]
        if not self.points or not stage.leave_after or self.state.nudges + self.points < stage.leave_after:
            return None
        order = list(self.scenario.stages)
        return order[order.index(stage.id) + 1]

    def _claims(self, line: str) -> dict[str, Value]:
        """The quantities that the line states, with the values it states."""
        claims: dict[str, Value] = {}
        for name in placeholders_in(line):
            reference = self.seen.about if name == "value" else name
            value = value_of(self.scenario, self.after, reference) if reference in self.table else None
            if value is not None:
                claims[reference] = value
        return claims

    def _revisions(self, line: str, claims: Mapping[str, Value]) -> list[str]:
        """A sentence for every value that differs from what was said, unless the line says it itself."""
        lines = self.scenario.revision_lines
        said: list[str] = []
        for reference, value in claims.items():
            before = self.state.last_claim(reference)
            if before is None or same_value(before.value, value) or not lines:
                continue
            if f"{reference}{BEFORE}" not in placeholders_in(line):
                table = {
                    "student": self.scenario.persona.name, "before": say_value(self.scenario, before.value),
                    "quantity": self.scenario.spoken(reference), "value": say_value(self.scenario, value),
                }  # fmt: skip
                said.append(fill(lines[(self.state.turn + len(said)) % len(lines)], table) or "")
        return said

    def _effects(self, claims: Mapping[str, Value]) -> tuple[dict[str, Any], ...]:
        reply, about = self.reply, self.seen.about
        effects: list[dict[str, Any]] = [{"kind": "spoke", "rule": reply.id, "about": about}]
        if self.counter != reply.id:
            effects[0]["line"] = self.counter
        if self.points:
            effects.append({"kind": "nudge", "rule": reply.id, "points": self.points})
        if self.next_stage:
            effects.append({"kind": "stage", "to": self.next_stage})
        effects += [self._claim_effect(ref, value) for ref, value in claims.items()]
        if focus := self._focus(claims):
            effects.append({"kind": "focus", "of": focus})
        if reply.topic:
            effects.append({"kind": "topic", "name": reply.topic})
        return tuple(effects + self._shown())

    def _focus(self, claims: Mapping[str, Value]) -> str:
        """What is talked about next: a new insight into something hidden, or else what was asked."""
        hidden = [ref for ref in claims if ref in self.scenario.knowledge.answers]
        return hidden[-1] if self.next_stage and hidden else self.seen.about

    def _claim_effect(self, reference: str, value: Value) -> dict[str, Any]:
        """A claim; ``revises`` says that the text takes back what was said before."""
        effect: dict[str, Any] = {"kind": "claim", "of": reference, "value": value}
        before = self.state.last_claim(reference)
        if before and not same_value(before.value, value):
            effect["revises"] = True
        return effect

    def _shown(self) -> list[dict[str, Any]]:
        show, about = self.reply.show, self.seen.about
        shown: list[dict[str, Any]] = []
        measured = [about if reference == "asked" else reference for reference in show.measure]
        shown += [{"kind": "measure", "of": reference} for reference in measured if reference]
        for name in show.highlight:
            names = self._asked_objects() if name == "asked" else [name]
            shown += [{"kind": "highlight", "object": item} for item in names]
        shown += [{"kind": "draw", "what": drawing} for drawing in show.draw]
        if show.steps is not None:
            steps = max((len(item.lines) for item in self.scenario.figure.objects), default=0)
            target_steps = steps if show.steps == 0 else min(steps, self.state.steps + show.steps)
            shown.append({"kind": "steps", "shown": target_steps})
        return shown

    def _asked_objects(self) -> list[str]:
        owner = self.seen.about.partition(".")[0]
        return [owner] if owner in self.scenario.objects else list(self.seen.objects)


def say_value(scenario: Scenario, value: Value) -> str:
    """A value as the student says it; an object's id is said by its name."""
    figure = scenario.objects.get(str(value))
    return figure.spoken if figure else str(value)


def _names(scenario: Scenario, state: StudentState) -> dict[str, str]:
    spoken = {figure.id: figure.spoken for figure in scenario.figure.objects}
    return {"student": scenario.persona.name, **spoken}


def spoken_values(scenario: Scenario, state: StudentState) -> dict[str, str]:
    """Every placeholder that does not depend on a line of the teacher, with its value now."""
    table = _names(scenario, state)
    for reference in scenario.quantities:
        value = value_of(scenario, state, reference)
        claim = state.last_claim(reference)
        if value is not None:
            table[reference] = say_value(scenario, value)
            if claim and not same_value(claim.value, value):
                table[f"{reference}{BEFORE}"] = say_value(scenario, claim.value)
    return table


def _turn_names(scenario: Scenario, seen: Perception, table: Mapping[str, str]) -> dict[str, str]:
    """The placeholders that the teacher's line fills."""
    names: dict[str, str] = {}
    owner, _, dimension = seen.about.partition(".")
    objects = [owner] if owner in scenario.objects else list(seen.objects)
    if objects:
        names["object"] = scenario.objects[objects[0]].spoken
    if dimension or seen.dimensions:
        name = dimension or seen.dimensions[0]
        names["dimension"] = scenario.dimensions[name].spoken
    if seen.about:
        names |= {"quantity": scenario.spoken(seen.about), "unit": scenario.unit(seen.about)}
        if seen.about in table:
            names["value"] = table[seen.about]
    if seen.numbers:
        names["number"] = str(plain(seen.numbers[-1]))
    if seen.result is not None:
        names["result"] = str(seen.result)
    if seen.operations:
        names["operation"] = seen.operations[0]
    if seen.strangers:
        names["stranger"] = seen.strangers[0]
    return names
