"""Annotators who label what they are told to."""

import uuid

from annotation.models import Annotation, Dataset, Item, Purpose, Suggestion
from annotation.services.annotation import Judgement, annotation_save
from annotation.services.ticket import ticket_issue
from models_zoo.labels import QUESTION_TYPES
from simulator.models import Role, Study, User

PROBING, PROCEDURAL, EXPOSITORY, OTHER = QUESTION_TYPES


def annotator(name: str, *studies: Study) -> User:
    person = User.objects.create_user(name, role=Role.ANNOTATOR, display_name=name.title())
    person.studies.set(studies)
    return person


def suggest(item: Item, label: str = PROBING, version: str = "v1") -> Suggestion:
    rest = [0.1, 0.05, 0.05]
    probabilities = [0.8 if each == label else rest.pop() for each in QUESTION_TYPES]
    return Suggestion.objects.create(
        item=item, model_version=version, label=label, probabilities=probabilities, predictive_entropy=0.6
    )


def say(
    person: User, item: Item, *labels: str, purpose: Purpose = Purpose.LABEL, **more: object
) -> Annotation:
    """Label an item as the page does."""
    ticket = ticket_issue(viewer=person, item=item, purpose=purpose)
    return annotation_save(
        viewer=person,
        ticket_id=str(ticket.pk),
        txn=uuid.uuid4().hex,
        judgement=Judgement(labels=labels, **more),
    )


def without_gold(dataset: Dataset) -> list[Item]:
    """The data set's items with the experts' labels taken off, in the order of the queue."""
    dataset.items.update(gold="")
    return list(dataset.items.order_by("place", "pk"))
