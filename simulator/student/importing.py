"""Turning a MathDial dialogue's row into an open scenario: a person plays the student at first.

MathDial (Macina et al., EMNLP 2023) gives a word problem, a student's wrong solution, the confusion
behind it and a short profile. The only replies written here are those that follow from the row alone.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from simulator.student.errors import ScenarioError
from simulator.student.numbers import Value, numbers_in, plain
from simulator.student.schema import Scenario, parse_scenario

_GRADE = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)[\s-]grade", re.IGNORECASE)
_NAME = re.compile(r"^\W*([A-Z][\w'’-]+)")
_LONGEST_LINE = 600
_EXPLAIN = [
    "walk me through", "talk me through", "talk through", "explain your", "explain how", "show me how",
    "your solution", "your working", "your workings", "how you got", "how did you", "how have you",
    "what did you do", "your thinking", "your reasoning", "your steps", "your method", "your strategy",
]  # fmt: skip


def scenario_from_mathdial(row: Mapping[str, str]) -> Scenario:
    """An open scenario from one row (columns as in MathDial's CSV).

    Raises:
        ScenarioError: a column that is needed is missing or empty.
    """
    problem, solution = _column(row, "question"), _column(row, "student_incorrect_solution")
    steps, wrong = _steps(solution)
    right = _steps(row.get("ground_truth") or "")[1]
    profile = _clean(row.get("student_profile") or "")
    name = match[1] if (match := _NAME.search(profile)) else "Sam"
    grade = int(found[1]) if (found := _GRADE.search(profile)) else None
    data = {
        "slug": f"mathdial-{re.sub(r'[^a-z0-9]+', '-', _column(row, 'qid').lower()).strip('-')}",
        "kind": "open",
        "title": _title(problem, name),
        "task": [part for part in map(_clean, problem.split("\n")) if part],
        "persona": {
            "name": name,
            "misconception": _clean(row.get("teacher_described_confusion") or "") or "Not described.",
            "profile": profile,
            **({"grade": grade} if grade and 1 <= grade <= 13 else {}),
        },
        "figure": _figure(name, steps, wrong),
        "knowledge": _knowledge(wrong, right),
        "stall_lines": ["Hmm, let me think...", "One moment, I'm reading it again.", "Um, wait."],
        "fallback_lines": [
            "I'm not sure. Can you ask me in another way?",
            "Sorry, I don't know what you mean.",
            "I don't know. Can you give me a hint?",
        ],
        "replies": _replies(name, steps, wrong),
        "ratings": _ratings(name),
    }
    return parse_scenario(_dump(data))


def to_yaml(scenario: Scenario) -> str:
    """The scenario as a file that ``parse_scenario`` reads back to an equal one."""
    return _dump(scenario.model_dump(mode="json", exclude_defaults=True))


def _dump(data: Any) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def _column(row: Mapping[str, str], name: str) -> str:
    value = (row.get(name) or "").strip()
    if not value:
        raise ScenarioError(None, name, "this column is missing or empty — fill it in")
    return value


def _clean(text: str) -> str:
    """One line without control characters; braces would be placeholders, so they become brackets."""
    spaced = "".join(letter if letter.isprintable() else " " for letter in text)
    return re.sub(r"\s+", " ", spaced).replace("{", "(").replace("}", ")").strip()[:_LONGEST_LINE]


def _title(problem: str, name: str) -> str:
    words = _clean(problem).split()
    return f"{name}: {' '.join(words[:7])}{'…' if len(words) > 7 else ''}"


def _steps(solution: str) -> tuple[list[str], Value | None]:
    """The lines of a solution, and its answer: the number that stands alone on the last line, or ends it."""
    lines = [line for line in map(_clean, solution.split("\n")) if line]
    if not lines:
        return [], None
    numbers = numbers_in(lines[-1])
    alone = len(numbers) == 1 and not re.search(r"[A-Za-z]", lines[-1])
    answer = plain(numbers[-1].value) if numbers else None
    return (lines[:-1] if alone and len(lines) > 1 else lines), answer


def _figure(name: str, steps: list[str], wrong: Value | None) -> dict[str, Any]:
    names = ["answer", "final answer", "result", "solution", "final result"]
    figure: dict[str, Any] = {
        "title": f"{name}'s working",
        "objects": [{"id": "card", "shape": "card", "say": "my working", "lines": steps}],
    }
    if wrong is not None:
        figure["dimensions"] = [{"id": "answer", "names": names}]
    return figure


def _knowledge(wrong: Value | None, right: Value | None) -> dict[str, Any]:
    """Two stages where both answers are numbers: the student's own solution, and having mended it."""
    own: dict[str, Any] = {"id": "own-solution", "describe": "Works from the wrong solution."}
    if wrong is None:
        return {"stages": [own]}
    own["believes"] = {"task.answer": wrong}
    if right is None or right == wrong:
        return {"stages": [own]}
    mended = {"id": "mended", "describe": "Has found the mistake.", "believes": {"task.answer": right}}
    return {"answers": {"task.answer": right}, "stages": [own, mended]}


def _replies(name: str, steps: list[str], wrong: Value | None) -> list[dict[str, Any]]:
    told = " ".join(step if step[-1] in ".!?" else f"{step}." for step in steps)[:1500]
    ending = " So I got {task.answer}." if wrong is not None else ""
    replies: list[dict[str, Any]] = [
        {
            "id": "greet",
            "act": ["Connect"],
            "say": [f"Hi! I'm {name}.", "Hello!"],
            "again": ["Ok!", "Yes?"],
        },
        {
            "id": "explain",
            "act": ["Pump/Clarification", "Pump/Value", "Connect"],
            "when": {"words": _EXPLAIN, "stage": ["own-solution"]},
            "say": [f"Sure. {told}{ending}"],
            "again": [f"I did it like I said. {steps[-1]}{ending}"],
            "show": {"steps": 0},
        },
    ]
    if wrong is not None:
        replies.append(
            {
                "id": "answer",
                "act": ["Pump/Value"],
                "when": {"about": ["task.answer"]},
                "say": ["I got {task.answer}.", "My answer is {task.answer}."],
            }
        )
    return replies


def _ratings(name: str) -> list[dict[str, str]]:
    ends = {"low": "not at all", "high": "very much"}
    return [
        {"key": "realism", "question": f"How much did {name} sound like a real student?", **ends},
        {"key": "coherence", "question": f"How well did {name}'s answers fit what you asked?", **ends},
    ]
