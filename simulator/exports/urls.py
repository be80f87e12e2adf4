"""Addresses of the downloads, below /data/."""

from django.urls import path

from . import views

urlpatterns = [
    path("sessions.jsonl", views.all_sessions_file, name="export-all"),
    path("sessions/<uuid:public_id>.jsonl", views.session_file, name="export-session"),
    path("schema/", views.schema_page, name="export-schema"),
    path("schema.json", views.schema_file, name="export-schema-file"),
]
