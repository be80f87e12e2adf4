"""Fills the database of the settings: ``python -m benchmarks.labelling.seed ITEMS PEOPLE``."""

from __future__ import annotations

import sys

PASSWORD = "label-it-quickly"  # noqa: S105 (of a database that lives as long as the benchmark)
PERSON = "annotator-{}"
CONTEXT = [
    {"persona": "teacher", "text": "Look at both shapes. What do you notice about their sides?"},
    {"persona": "student", "text": "The blue one is bigger, but it looks the same somehow."},
    {"persona": "teacher", "text": "And how many times does the small one fit along the long side?"},
    {"persona": "student", "text": "It is nine, since three times three is nine."},
]
ASKED = (
    "Why do you think that it is {}?",
    "What is {} times three?",
    "So you take the {} and double it, right?",
    "Good, number {} next.",
)


def fill(items: int, people: int) -> None:
    """Questions with a suggestion each, every one wanted from everybody."""
    from annotation.models import Dataset, Item, Source, Suggestion
    from models_zoo.labels import QUESTION_TYPES
    from simulator.models import Role, User

    for number in range(people):
        User.objects.create_user(PERSON.format(number), password=PASSWORD, role=Role.ANNOTATOR)
    dataset = Dataset.objects.create(name="Benchmark", source=Source.IMPORT, annotators_per_item=people)
    made = Item.objects.bulk_create(
        Item(
            dataset=dataset,
            key=f"row-{number}",
            text=ASKED[number % len(ASKED)].format(number),
            context=CONTEXT,
            shuffle_key=number,
            place=number,
            wanted=people,
        )
        for number in range(items)
    )
    Suggestion.objects.bulk_create(
        Suggestion(
            item=item,
            model_version="benchmark",
            label=QUESTION_TYPES[number % len(QUESTION_TYPES)],
            probabilities=[
                0.7 if kind == number % len(QUESTION_TYPES) else 0.1 for kind in range(len(QUESTION_TYPES))
            ],
            predictive_entropy=0.9,
        )
        for number, item in enumerate(made)
    )


def main(items: int, people: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(items, people)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
