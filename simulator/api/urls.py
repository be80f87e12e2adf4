"""Addresses below /api/. The last line answers whatever no other line knows, so it stays last."""

from django.urls import path, re_path

from . import documentation, views

urlpatterns = [
    path("token/", views.TokenView.as_view(), name="api-token"),
    path("sessions/", views.SessionList.as_view(), name="api-sessions"),
    path("sessions/<uuid:public_id>/", views.SessionDetail.as_view(), name="api-session"),
    path("sessions/<uuid:public_id>/events/", views.SessionEvents.as_view(), name="api-session-events"),
    path("sessions/<uuid:public_id>/export/", views.SessionExport.as_view(), name="api-session-export"),
    path("export/", views.AllSessionsExport.as_view(), name="api-export"),
    path("schema/", documentation.Schema.as_view(), name="api-schema"),
    path("docs/", documentation.Page.as_view(), name="api-docs"),
    re_path(r"^.*$", views.Nothing.as_view(), name="api-nothing"),
]
