"""Writing labelling functions on the page, and choosing how votes are combined."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound, RuleChanged, RuleInvalid
from annotation.models import Aggregator, AggregatorChoice, Rule, RuleVersion
from annotation.questions import Question, question_of
from annotation.rules.checking import fault_of
from annotation.rules.source import RuleSource
from annotation.selectors.visible import items_for

TRIED_ON = 200


def rule_create(*, viewer: Viewer, source: RuleSource) -> RuleVersion:
    """Save a new function, enabled; it votes from the next run on.

    Raises:
        RuleInvalid: what is written cannot be run, or the name is taken.
    """
    _check(viewer, source)
    try:
        with transaction.atomic():
            rule = Rule.objects.create(name=source.name, kind=source.kind)
            return _version(viewer, rule, 1, source)
    except IntegrityError:
        raise RuleInvalid(_("There is a function of this name already. Choose another one.")) from None


def rule_revise(*, viewer: Viewer, rule_id: int, source: RuleSource, based_on: int) -> RuleVersion:
    """Save another version. What was there stays readable.

    Args:
        based_on: the number of the version that the writer saw.

    Raises:
        NotFound, RuleInvalid.
        RuleChanged: there is a newer version than that.
    """
    _check(viewer, source)
    try:
        with transaction.atomic():
            rule = Rule.objects.filter(pk=rule_id).first()
            if rule is None:
                raise NotFound
            newest = rule.versions.aggregate(newest=Max("number"))["newest"]
            if newest != based_on:
                raise RuleChanged
            return _version(viewer, rule, newest + 1, source)
    except IntegrityError:  # two at once
        raise RuleChanged from None


@transaction.atomic
def rule_switch(*, viewer: Viewer, rule_id: int, enabled: bool) -> Rule:
    """Let a function vote from the next run on, or silence it. Raises NotFound."""
    require_researcher(viewer)
    rule = Rule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    if rule.enabled != enabled:
        rule.enabled, rule.switched_by_id, rule.switched_at = enabled, viewer.pk, timezone.now()
        rule.save(update_fields=["enabled", "switched_by", "switched_at"])
    return rule


@transaction.atomic
def aggregator_choose(*, viewer: Viewer, aggregator: str) -> AggregatorChoice:
    """How votes are combined from the next run on; empty for whichever way is best on gold.

    Raises:
        RuleInvalid: no such way.
    """
    require_researcher(viewer)
    if aggregator and aggregator not in Aggregator.values:
        raise RuleInvalid(_("There is no such way of combining votes."))
    return AggregatorChoice.objects.create(aggregator=aggregator, chosen_by_id=viewer.pk)


def _check(viewer: Viewer, source: RuleSource) -> None:
    require_researcher(viewer)
    fault = fault_of(source, _questions(viewer))
    if fault:
        raise RuleInvalid(fault)


def _questions(viewer: Viewer) -> list[Question]:
    """Stored questions on which it must not stumble; a fault quotes one, so the writer must see them."""
    items = items_for(viewer).order_by("shuffle_key", "pk")[:TRIED_ON]
    return [question_of(item.text, item.context) for item in items]


def _version(viewer: Viewer, rule: Rule, number: int, source: RuleSource) -> RuleVersion:
    return RuleVersion.objects.create(
        rule=rule,
        number=number,
        description=source.description,
        label=source.label,
        body=source.body,
        options=source.options,
        author_id=viewer.pk,
    )
