"""Addresses of annotation below /api/."""

from django.urls import path

from . import views

urlpatterns = [
    path("items/", views.ItemList.as_view(), name="api-items"),
    path("items/<int:pk>/", views.ItemDetail.as_view(), name="api-item"),
    path("labels/", views.LabelList.as_view(), name="api-labels"),
    path("model-versions/", views.ModelVersionList.as_view(), name="api-model-versions"),
    path("model-versions/<str:version>/", views.ModelVersionDetail.as_view(), name="api-model-version"),
]
