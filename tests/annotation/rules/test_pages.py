"""Writing functions on the page: try, save, change, switch off; what the Rules page then shows."""

import pytest
from django.test import Client

from annotation.errors import NotAllowed, RuleChanged
from annotation.models import AggregatorChoice, Dataset, Item, LabelRun, Rule, RuleKind, RuleVersion
from annotation.rules.source import RuleSource
from annotation.selectors.rules import examples_for, pieces_of
from annotation.services.rule import rule_create, rule_revise, rule_switch
from annotation.services.weak_labels import weak_labels_run
from models_zoo.labels import QUESTION_TYPES
from simulator.models import AuditEntry
from tests.cast import Cast

NEW = "/annotation/rules/write/keywords/save/"
WRITTEN = {
    "name": "says-explain",
    "description": "Says explain.",
    "label": QUESTION_TYPES[0],
    "body": "explain*",
    "asked": "any",
}


@pytest.fixture
def rosa(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.rosa)
    return client


def source(body: str = "explain*", name: str = "says-explain") -> RuleSource:
    return RuleSource(name, RuleKind.KEYWORDS, "Says explain.", QUESTION_TYPES[0], body, {"asked": "any"})


def tried(client: Client, address: str = NEW, **changed: object) -> dict[str, object]:
    """Try a function; returns what the page would send to save it."""
    page = client.post(address, {**WRITTEN, **changed, "action": "try"})
    return {**WRITTEN, **changed, "tried": page.context["digest"], "action": "save"}


def test_it_is_tried_on_stored_questions_with_the_span_and_then_saved(rosa: Client, demo: Dataset):
    page = rosa.post(NEW, {**WRITTEN, "action": "try"})
    text = page.content.decode()
    assert "<mark>explain</mark>" in text.lower()
    assert page.context["preview"].votes > 0
    assert not Rule.objects.exists()
    saved = rosa.post(NEW, tried(rosa), follow=True)
    assert "says-explain, version 1, is saved" in saved.content.decode()
    assert RuleVersion.objects.get().author.username == "rosa"


def test_what_was_not_looked_at_is_not_saved(rosa: Client, demo: Dataset):
    for sent in ({**WRITTEN, "action": "save"}, {**tried(rosa), "body": "why"}):
        page = rosa.post(NEW, sent)
        assert page.context["preview"] is not None
    assert not Rule.objects.exists()


def test_a_fault_is_said_and_what_was_written_stays(rosa: Client, demo: Dataset):
    address = "/annotation/rules/write/pattern/save/"
    refused = rosa.post(address, tried(rosa, address, body="(why"))
    assert refused.status_code == 400
    assert "breaks off at character 5" in refused.content.decode()
    assert "(why</textarea>" in refused.content.decode()
    assert not Rule.objects.exists()


def test_a_python_error_is_shown_when_it_is_tried(rosa: Client, demo: Dataset):
    body = "def vote(question):\n    return question.words[50]\n"
    page = rosa.post("/annotation/rules/write/python/save/", {**WRITTEN, "body": body, "action": "try"})
    assert "Line 2: IndexError" in page.content.decode()


def test_a_change_is_a_new_version_and_the_old_one_stays_readable(rosa: Client, cast: Cast, demo: Dataset):
    first = rule_create(viewer=cast.rosa, source=source())
    address = f"/annotation/rules/{first.rule_id}/save/"
    rosa.post(address, tried(rosa, address, body="why", based_on=1))
    assert list(first.rule.versions.values_list("number", "body")) == [(2, "why"), (1, "explain*")]
    assert "explain*" in rosa.get(f"/annotation/rules/{first.rule_id}/").content.decode()


def test_two_who_write_at_once_do_not_overwrite_each_other(cast: Cast, demo: Dataset):
    first = rule_create(viewer=cast.rosa, source=source())
    rule_revise(viewer=cast.rosa, rule_id=first.rule_id, source=source("why"), based_on=1)
    with pytest.raises(RuleChanged):
        rule_revise(viewer=cast.rosa, rule_id=first.rule_id, source=source("how"), based_on=1)
    assert first.rule.versions.count() == 2


def test_a_conflict_keeps_the_text_on_the_page(rosa: Client, cast: Cast, demo: Dataset):
    first = rule_create(viewer=cast.rosa, source=source())
    address = f"/annotation/rules/{first.rule_id}/save/"
    sent = tried(rosa, address, body="how", based_on=1)
    rule_revise(viewer=cast.rosa, rule_id=first.rule_id, source=source("why"), based_on=1)
    page = rosa.post(address, sent)
    assert page.status_code == 409
    assert "how</textarea>" in page.content.decode()


def test_a_name_is_taken_once(rosa: Client, cast: Cast, demo: Dataset):
    rule_create(viewer=cast.rosa, source=source())
    assert "of this name already" in rosa.post(NEW, tried(rosa)).content.decode()


def test_an_enabled_function_votes_and_a_switched_off_one_does_not(rosa: Client, cast: Cast, demo: Dataset):
    rule = rule_create(viewer=cast.rosa, source=source()).rule
    run = weak_labels_run()
    (figures,) = [each for each in run.functions if each["name"] == "says-explain"]
    assert (figures["rule"], figures["version"], figures["stopped"]) == (rule.pk, 1, "")
    assert run.labels.filter(votes__has_key="says-explain").exists()
    assert "Keywords, version 1" in rosa.get("/annotation/rules/").content.decode()
    rosa.post(f"/annotation/rules/{rule.pk}/switch/")
    rule.refresh_from_db()
    assert (rule.enabled, rule.switched_by) == (False, cast.rosa)
    assert "says-explain" not in [each["name"] for each in weak_labels_run().functions]


def test_a_copy_of_a_function_is_warned_of_before_it_is_saved_and_after(
    rosa: Client, cast: Cast, demo: Dataset
):
    Item.objects.filter(pk__in=list(demo.items.values("pk")[:15].values_list("pk", flat=True))).update(
        text="Please elaborate on it"
    )
    rule_create(viewer=cast.rosa, source=source("elaborate", "first"))
    weak_labels_run()
    page = rosa.post(NEW, {**WRITTEN, "body": "elaborat*", "action": "try"})
    assert "first" in page.context["preview"].repeats
    rule_create(viewer=cast.rosa, source=source("elaborat*", "second"))
    weak_labels_run()
    text = rosa.get("/annotation/rules/").content.decode()
    assert "These say the same" in text
    assert "<code>second</code>" in text


def test_a_broken_function_is_named_and_ruins_nothing(rosa: Client, cast: Cast, demo: Dataset):
    body = "def vote(question):\n    return PROBING if len(question.words) < 99 else OTHER\n"
    written = rule_create(viewer=cast.rosa, source=RuleSource("mine", RuleKind.PYTHON, "Short.", "", body))
    RuleVersion.objects.filter(pk=written.pk).update(body=body.replace("99", "unknown"))
    run = weak_labels_run()
    assert run.covered > 0
    text = rosa.get("/annotation/rules/").content.decode()
    assert "Abstained on" in text
    assert "unknown" in text


def test_how_votes_are_combined_can_be_chosen_and_left_to_gold_again(rosa: Client, demo: Dataset):
    rosa.post("/annotation/rules/aggregator/", {"aggregator": "dawid_skene"})
    run = weak_labels_run()
    assert run.aggregator == "dawid_skene"
    assert "A researcher chose Dawid-Skene" in run.reason
    rosa.post("/annotation/rules/aggregator/", {"aggregator": ""})
    assert "A researcher" not in weak_labels_run().reason
    assert rosa.post("/annotation/rules/aggregator/", {"aggregator": "dice"}).status_code == 400
    assert AggregatorChoice.objects.count() == 2


def test_examples_show_what_a_vote_rests_on(rosa: Client, cast: Cast, demo: Dataset):
    weak_labels_run()
    name = next(each["name"] for each in LabelRun.objects.get().functions if each["coverage"] > 0)
    (first, *_rest) = examples_for(cast.rosa, name)
    assert any(found for _, found in first.pieces)
    page = rosa.get(f"/annotation/rules/examples/{name}/").content.decode()
    assert "<mark>" in page
    assert rosa.get("/annotation/rules/examples/nothing/").status_code == 404


def test_pieces_put_together_are_the_text():
    assert pieces_of("abcdef", [(1, 3), (2, 4)]) == [("a", False), ("bcd", True), ("ef", False)]
    assert pieces_of("", []) == []
    assert "".join(piece for piece, _ in pieces_of("ab", [(0, 9)])) == "ab"


def test_every_edit_is_in_the_audit_log(rosa: Client, cast: Cast, demo: Dataset):
    rosa.post(NEW, tried(rosa))
    rule = Rule.objects.get()
    rosa.post(f"/annotation/rules/{rule.pk}/switch/")
    done = AuditEntry.objects.filter(person=cast.rosa, action="change", status=302).values_list(
        "what", "subject"
    )
    assert ("annotation:rule-create", "keywords") in done
    assert ("annotation:rule-switch", str(rule.pk)) in done


def test_annotators_write_no_functions(cast: Cast, demo: Dataset):
    with pytest.raises(NotAllowed):
        rule_create(viewer=cast.ana, source=source())
    rule = rule_create(viewer=cast.rosa, source=source()).rule
    with pytest.raises(NotAllowed):
        rule_switch(viewer=cast.ana, rule_id=rule.pk, enabled=False)
