"""How a data set is labelled: people, overlap, order, planted suggestions."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.forms import PlanForm
from annotation.models import Order, RunKind
from annotation.selectors.plan import plan_for
from annotation.selectors.versions import active_run
from annotation.services.plan import plan_change
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_http_methods(["GET", "POST"])
def page(request: PageRequest, dataset_id: int) -> HttpResponseBase:
    shown = plan_for(request.user, dataset_id)
    form = PlanForm(request.POST or None, initial=shown.initial)
    if request.method == "POST" and form.is_valid():
        plan_change(viewer=request.user, dataset_id=dataset_id, plan=form.plan())
        messages.success(request, _("Changed. What is open is counted anew."))
        return redirect("annotation:plan", dataset_id)
    context = {
        "nav": "annotation",
        "plan": shown,
        "form": form,
        "run": active_run(request.user, RunKind.PREFILL),
        "random": Order.RANDOM,
    }
    status = 400 if form.errors else 200
    return render(request, "annotation/plan.html", context, status=status)
