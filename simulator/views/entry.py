"""Coming in: sign-in, the way home, invitations, the theme."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from simulator.demo import ACCOUNTS
from simulator.errors import InvitationClosed, RateLimited
from simulator.forms import JoinForm
from simulator.models import Invitation, Role
from simulator.services.study import invitation_accept
from simulator.sign_in_limit import sign_in_blocked, sign_in_failed

from .access import PageRequest, page, safe_next

THEMES = ("light", "dark")
A_YEAR_S = 365 * 24 * 3600
HOME = {
    Role.TEACHER: "lobby",
    Role.SUPERVISOR: "console",
    Role.ANNOTATOR: "annotation:home",
    Role.RESEARCHER: "sessions",
}


class SignIn(LoginView):
    template_name = "simulator/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A blocked try is not looked at: the right password, too, has to wait."""
        if sign_in_blocked(request):
            return self.render_to_response(self.get_context_data(blocked=True), status=RateLimited.status)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        sign_in_failed(self.request)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = ACCOUNTS if settings.ACTS_DEMO else ()
        return super().get_context_data(accounts=accounts, **kwargs)


@page()
def home(request: PageRequest) -> HttpResponse:
    """Everybody's first page."""
    return redirect(HOME[Role(request.user.role)])


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation link lands: a name makes an account, and the person is signed in."""
    invitation = Invitation.objects.select_related("study").filter(token=token).first()
    form = JoinForm(request.POST or None)
    context = {"invitation": invitation, "form": form}
    if invitation is None or not invitation.is_open:
        return render(request, "simulator/join_closed.html", context, status=InvitationClosed.status)
    if not form.is_valid():
        return render(request, "simulator/join.html", context)
    try:
        person = invitation_accept(token=token, display_name=form.cleaned_data["display_name"])
    except InvitationClosed:  # used up between the page and the click
        return render(request, "simulator/join_closed.html", context, status=InvitationClosed.status)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("lobby")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice of colours; without scripts this is how the switch works."""
    response = HttpResponseRedirect(safe_next(request, "/"))
    chosen = request.POST.get("theme")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=A_YEAR_S, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response
