"""Writing a labelling function: try it on stored questions, look, save; every version stays."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from annotation.errors import NotFound, RuleChanged, RuleInvalid
from annotation.models import RuleKind, RuleVersion
from annotation.rule_forms import RuleForm
from annotation.selectors.rule_preview import Preview, preview_for
from annotation.selectors.rules import examples_for, rule_for, versions_of
from annotation.services.rule import aggregator_choose, rule_create, rule_revise, rule_switch
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def new(request: PageRequest, kind: str) -> HttpResponseBase:
    return _editor(request, RuleForm(kind=_kind(kind)))


@for_researchers
@require_POST
def create(request: PageRequest, kind: str) -> HttpResponseBase:
    form = RuleForm(request.POST, kind=_kind(kind))
    return _tried_or_saved(request, form)


@for_researchers
@require_GET
def rule(request: PageRequest, rule_id: int) -> HttpResponseBase:
    newest = versions_of(rule_for(request.user, rule_id))[0]
    return _editor(request, RuleForm(kind=RuleKind(newest.rule.kind), of=newest))


@for_researchers
@require_POST
def revise(request: PageRequest, rule_id: int) -> HttpResponseBase:
    newest = versions_of(rule_for(request.user, rule_id))[0]
    return _tried_or_saved(request, RuleForm(request.POST, kind=RuleKind(newest.rule.kind), of=newest))


@for_researchers
@require_POST
def switch(request: PageRequest, rule_id: int) -> HttpResponseBase:
    switched = rule_switch(viewer=request.user, rule_id=rule_id, enabled="enabled" in request.POST)
    said = (
        _("%(name)s votes from the next run on.")
        if switched.enabled
        else _("%(name)s is silent from now on.")
    )
    messages.success(request, said % {"name": switched.name})
    return redirect("annotation:weak")


@for_researchers
@require_GET
def examples(request: PageRequest, name: str) -> HttpResponseBase:
    context = {"nav": "annotation", "name": name, "examples": examples_for(request.user, name)}
    return render(request, "annotation/rule_examples.html", context)


@for_researchers
@require_POST
def aggregator(request: PageRequest) -> HttpResponseBase:
    aggregator_choose(viewer=request.user, aggregator=request.POST.get("aggregator", ""))
    messages.success(request, _("Noted. Apply the functions to combine their votes that way."))
    return redirect("annotation:weak")


def _kind(kind: str) -> RuleKind:
    if kind not in RuleKind.values:
        raise NotFound
    return RuleKind(kind)


def _tried_or_saved(request: PageRequest, form: RuleForm) -> HttpResponseBase:
    """Saved if this is what was tried and looked at; else tried."""
    if not form.is_valid():
        return _editor(request, form, status=400)
    source = form.source()
    try:
        if request.POST.get("action") != "save" or form.cleaned_data["tried"] != form.digest():
            return _editor(request, form, preview=preview_for(request.user, source))
        saved = _save(request, form)
    except RuleInvalid as error:
        return _editor(request, form, fault=str(error), status=400)
    except RuleChanged as error:
        return _editor(request, form, fault=str(error), preview=preview_for(request.user, source), status=409)
    said = _("%(name)s, version %(number)d, is saved. It votes from the next run on.")
    messages.success(request, said % {"name": saved.rule.name, "number": saved.number})
    return redirect("annotation:weak")


def _save(request: PageRequest, form: RuleForm) -> RuleVersion:
    if form.of is None:
        return rule_create(viewer=request.user, source=form.source())
    return rule_revise(
        viewer=request.user,
        rule_id=form.of.rule_id,
        source=form.source(),
        based_on=form.cleaned_data["based_on"] or 0,
    )


def _editor(
    request: PageRequest,
    form: RuleForm,
    *,
    preview: Preview | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "nav": "annotation",
        "form": form,
        "kinds": RuleKind.choices,
        "preview": preview,
        "digest": form.digest() if preview else "",
        "fault": fault,
        "versions": versions_of(form.of.rule) if form.of else [],
    }
    return render(request, "annotation/rule.html", context, status=status)
