"""How good the labelling functions are on a labelled file, half by half; nothing is stored."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from annotation.importing.dialogues import ImportedQuestion, ReadError, all_or_error
from annotation.importing.formats import records_of
from annotation.questions import ABSTAIN, Question, is_question_item
from annotation.weak_supervision.choosing import mean_estimate
from annotation.weak_supervision.supervising import supervise
from models_zoo.labels import QUESTION_TYPES
from models_zoo.training import load_corpus


class Command(BaseCommand):
    help = (
        "Score the labelling functions, the label model and majority vote on a file with labels. Every other "
        "dialogue belongs to the half that rules may be developed on; the other half is for reporting."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, nargs="?", help="default: the project's hand-written utterances"
        )
        parser.add_argument("--half", choices=("develop", "report", "both"), default="report")
        parser.add_argument(
            "--without-openings", action="store_true", help="leave each dialogue's first turn out"
        )
        parser.add_argument("--json", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = _half(_read(options["file"]), options["half"])
        if options["without_openings"]:
            chosen = [question for question in chosen if question.context]
        if not any(question.gold for question in chosen):
            raise CommandError("These questions have no labels to score on.")
        result = _score(chosen)
        for function in result["functions"]:
            accuracy = "   -" if function["accuracy"] is None else f"{function['accuracy']:.2f}"
            self.stdout.write(
                f"{function['name']:26} coverage {function['coverage']:.3f}  "
                f"overlaps {function['overlaps']:.3f}  "
                f"conflicts {function['conflicts']:.3f}  accuracy {accuracy} (n = {function['gold']})"
            )
        self.stdout.write(result["reason"])
        if options["json"]:
            options["json"].write_text(json.dumps(result, indent=2) + "\n")
        self.stdout.write(
            json.dumps({key: result[key] for key in ("questions", "coverage", "accuracy", "metrics")})
        )


def _read(path: Path | None) -> list[ImportedQuestion]:
    if path is None:
        lines = [line for line in load_corpus() if not line.group.startswith("generated")]
        return [
            ImportedQuestion(str(place), str(place), line.text, (), line.question_type or "", None)
            for place, line in enumerate(lines)
            if is_question_item(line.text)
        ]
    try:
        return list(all_or_error(records_of(path)))
    except (OSError, ReadError) as error:
        raise CommandError(f"{path}: {error}") from error


def _half(questions: list[ImportedQuestion], half: str) -> list[ImportedQuestion]:
    groups = {group: place for place, group in enumerate(dict.fromkeys(each.group for each in questions))}
    remainders = {"develop": (0,), "report": (1,), "both": (0, 1)}[half]
    return [question for question in questions if groups[question.group] % 2 in remainders]


def _score(chosen: list[ImportedQuestion]) -> dict[str, Any]:
    gold = np.array([QUESTION_TYPES.index(each.gold) if each.gold else ABSTAIN for each in chosen])
    questions = [
        Question(each.text, tuple((turn.persona, turn.text) for turn in each.context)) for each in chosen
    ]
    found = supervise(questions, gold)
    judged = gold != ABSTAIN
    silent = np.isnan(found.probabilities[:, 0])
    right = (np.nan_to_num(found.probabilities).argmax(axis=1) == gold) & ~silent  # silence counts as wrong
    return {
        "questions": len(chosen),
        "coverage": found.covered / len(chosen),
        "aggregator": found.aggregator,
        "accuracy": mean_estimate(right[judged].astype(float)).to_json(),
        "metrics": found.metrics,
        "reason": found.reason,
        "functions": found.functions,
    }
