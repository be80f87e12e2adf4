"""A person's own keys."""

from django.contrib import messages
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotation.keys import ACTS, shown
from annotation.services.keys import keys_save
from annotation.views.access import PageRequest, for_annotators, wants_json


@for_annotators
@require_POST
def save(request: PageRequest) -> HttpResponseBase:
    """Store the keys of the dialog; ``reset`` brings back those that the page comes with."""
    given = {act.name: request.POST[act.name] for act in ACTS if act.name in request.POST}
    keys = keys_save(viewer=request.user, keys={} if "reset" in request.POST else given)
    if wants_json(request):
        return JsonResponse({"keys": keys, "printed": {name: shown(key) for name, key in keys.items()}})
    messages.success(request, _("Your keys are changed."))
    return redirect("annotation:label")
