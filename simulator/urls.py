"""The simulator's pages."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from .views import (
    account,
    audit,
    console,
    decision,
    entry,
    lobby,
    rehearsal,
    routing,
    scenarios,
    sessions,
    studies,
)

urlpatterns = [
    path("", entry.home, name="home"),
    path("sign-in/", entry.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("theme/", entry.theme, name="theme"),
    path("join/<str:token>/", entry.join, name="join"),
    path("account/", account.account, name="account"),
    path("studies/<slug:slug>/consent/", account.consent, name="consent"),
    path("studies/<slug:slug>/withdraw/", account.withdraw, name="withdraw"),
    # The teacher
    path("rehearse/", lobby.lobby, name="lobby"),
    path("rehearse/<slug:slug>/<int:pk>/", lobby.brief, name="brief"),
    path("sessions/<uuid:public_id>/", rehearsal.room, name="session"),
    path("sessions/<uuid:public_id>/end/", rehearsal.end, name="session-end"),
    path("sessions/<uuid:public_id>/ratings/", rehearsal.ratings, name="ratings"),
    path("sessions/<uuid:public_id>/feedback/", rehearsal.feedback, name="feedback"),
    path("sessions/<uuid:public_id>/feedback/<int:number>/dispute/", rehearsal.dispute, name="dispute"),
    # The supervisor
    path("console/", console.console, name="console"),
    path("sessions/<uuid:public_id>/turns/<int:number>/", decision.decision, name="decision"),
    # The researcher
    path("sessions/", sessions.sessions, name="sessions"),
    path("data/", include("simulator.exports.urls")),
    path("sessions/<uuid:public_id>/log/", sessions.session_detail, name="session-detail"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/add/", scenarios.scenario_add, name="scenario-add"),
    path("scenarios/<int:pk>/source/", scenarios.scenario_source, name="scenario-source"),
    path("scenarios/<int:pk>/threshold/", scenarios.threshold, name="scenario-threshold"),
    path("scenarios/<int:pk>/activate/", scenarios.activate, name="scenario-activate"),
    path("studies/", studies.studies, name="studies"),
    path("studies/<slug:slug>/", studies.study, name="study"),
    path("studies/<slug:slug>/invite/", studies.invite, name="invite"),
    path("studies/<slug:slug>/publish/", studies.publish, name="publish"),
    path("studies/<slug:slug>/retention/", studies.retention, name="retention"),
    path("routing/", routing.routing, name="routing"),
    path("routing/<slug:slug>/<slug:scenario>/", routing.routing_scenario, name="routing-scenario"),
    path("routing/<slug:slug>/<slug:scenario>/settings/", routing.routing_policy, name="routing-policy"),
    path("routing/<slug:slug>/<slug:scenario>/deploy/", routing.routing_deploy, name="routing-deploy"),
    path("audit/", audit.audit, name="audit"),
    path("invitations/<int:pk>/revoke/", studies.revoke, name="revoke"),
]
