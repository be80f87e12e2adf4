import re

import pytest

from annotation.models import Dataset, Item, Outcome
from annotation.selectors.loop import loop_figures
from annotation.selectors.training_data import training_data
from annotation.selectors.truth import first_choices, labels_of_people
from annotation.services.planting import planted_label
from annotation.services.ticket import ticket_issue
from tests.annotation.people import OTHER, PROBING, PROCEDURAL, annotator, say, suggest
from tests.cast import Cast


@pytest.fixture
def gold(demo: Dataset) -> list[Item]:
    """Items with an expert's label that the model gets right, half of them planted."""
    demo.plant_share = 0.5
    demo.save()
    items = list(demo.items.filter(holdout=False, gold=PROBING).select_related("dataset"))
    for item in items:
        suggest(item)
    return items


def planted_for(person, items: list[Item]) -> list[Item]:
    return [item for item in items if ticket_issue(viewer=person, item=item).planted_label]


def test_the_share_is_about_what_was_asked_and_differs_between_people(cast: Cast, gold: list[Item]):
    suggestion = gold[0].suggestions.first()
    drawn = [
        bool(planted_label(item=gold[0], annotator_id=person, suggestion=suggestion))
        for person in range(2000)
    ]
    assert 0.45 < sum(drawn) / len(drawn) < 0.55


def test_a_planted_suggestion_is_the_most_plausible_wrong_one_at_the_same_confidence(cast: Cast, gold):
    item = planted_for(cast.ana, gold)[0]
    ticket = ticket_issue(viewer=cast.ana, item=item)
    ranked = sorted(zip(ticket.suggestion.probabilities, (PROBING, PROCEDURAL, "", OTHER), strict=True))
    assert ticket.shown_label == ranked[-2][1] != item.gold
    assert ticket.shown_confidence == pytest.approx(0.8)
    assert ticket_issue(viewer=cast.ana, item=item).pk == ticket.pk  # a reload changes nothing


def test_nothing_is_planted_without_gold_on_held_out_items_or_where_the_model_is_wrong(cast: Cast, gold):
    item = planted_for(cast.ana, gold)[0]
    suggestion = item.suggestions.first()

    def planted() -> str:
        return planted_label(item=item, annotator_id=cast.ana.pk, suggestion=suggestion)

    assert planted()
    for name, value in (("gold", ""), ("gold", OTHER), ("holdout", True)):
        before = getattr(item, name)
        setattr(item, name, value)
        assert planted() == ""
        setattr(item, name, before)
    item.dataset.plant_share = 0.0
    assert planted() == ""


def test_a_label_under_a_planted_suggestion_trains_nothing_and_enters_no_estimate(cast: Cast, gold):
    item = planted_for(cast.ana, gold)[0]
    ticket = ticket_issue(viewer=cast.ana, item=item)
    saved = say(cast.ana, item, ticket.shown_label)
    assert (saved.outcome, saved.planted_label) == (Outcome.PLANTED, ticket.shown_label)
    assert saved.suggested_label == PROBING  # what the model really said
    assert item.pk not in first_choices(holdout=False)
    assert item.pk not in labels_of_people(holdout=False)
    data = training_data(None)
    assert saved.pk not in data.lineage["annotation_ids"]
    assert not data.train
    figures = loop_figures(cast.rosa)
    assert (figures.kept, figures.changed) == (0, 0)


def test_another_persons_label_on_the_item_counts_as_always(cast: Cast, gold):
    other = annotator("ben")
    item = next(each for each in planted_for(cast.ana, gold) if each not in planted_for(other, [each]))
    say(cast.ana, item, PROCEDURAL)
    say(other, item, PROBING)
    assert first_choices(holdout=False)[item.pk] == {PROBING: 1}


def test_nothing_on_the_page_tells_a_planted_suggestion_from_a_real_one(cast: Cast, gold, client):
    """The same question with the same suggestion, once planted and once real, is the same page."""
    client.force_login(cast.ana)
    planted = planted_for(cast.ana, gold)[0]
    shown = ticket_issue(viewer=cast.ana, item=planted).shown_label
    real = next(item for item in gold if item not in planted_for(cast.ana, gold))
    real.suggestions.all().delete()
    suggest(real, shown, version="v2")
    Item.objects.filter(pk__in=[planted.pk, real.pk]).update(text="Why?", context=[])
    Item.objects.filter(pk=real.pk).update(gold=shown)
    pages = []
    for item in (planted, real):
        page = client.get(f"/annotation/label/?item={item.pk}").content.decode()
        assert "Suggested, 80" in page
        page = page.replace(str(ticket_issue(viewer=cast.ana, item=item).pk), "ticket")
        page = page.replace(f"/dialogue/{item.pk}/", "/dialogue/n/")
        page = re.sub(rf"\b(item|Item|note|data-item)([-= \"]*){item.pk}\b", r"\1\2n", page)
        pages.append(re.sub(r"[A-Za-z0-9]{64}|[0-9a-f]{32}", "", page))
    assert pages[0] == pages[1]
    assert "plant" not in client.get("/api/labels/").content.decode()
