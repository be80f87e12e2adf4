"""Addresses of the annotation pages."""

from django.urls import path

from annotation.views import (
    adjudicate,
    codebook,
    data,
    file_import,
    home,
    label,
    loop,
    models,
    plan,
    quality,
    weak,
)

app_name = "annotation"

urlpatterns = [
    path("", home.home, name="home"),
    path("data/", data.page, name="data"),
    path("import/", data.upload, name="import"),
    path("imports/<int:import_id>/", file_import.page, name="file-import"),
    path("imports/<int:import_id>/discard/", file_import.discard, name="file-import-discard"),
    path("imports/<int:import_id>/faults.csv", file_import.faults, name="file-import-faults"),
    path("export/", data.export, name="export"),
    path("label/", label.page, name="label"),
    path("label/next/", label.following, name="label-next"),
    path("label/save/", label.save, name="label-save"),
    path("label/undo/", label.undo, name="label-undo"),
    path("adjudicate/", adjudicate.page, name="adjudicate"),
    path("adjudicate/save/", adjudicate.save, name="adjudicate-save"),
    path("adjudicate/undo/", adjudicate.undo, name="adjudicate-undo"),
    path("quality/", quality.page, name="quality"),
    path("quality/measure/", quality.measure, name="quality-measure"),
    path("quality/entitle/", quality.entitle, name="entitle"),
    path("codebook/", codebook.page, name="codebook"),
    path("plan/<int:dataset_id>/", plan.page, name="plan"),
    path("rules/", weak.page, name="weak"),
    path("rules/run/", weak.run, name="weak-run"),
    path("models/", models.page, name="models"),
    path("models/train/", models.train, name="train"),
    path("models/deploy/", models.deploy, name="deploy"),
    path("models/roll-back/", models.roll_back, name="roll-back"),
    path("models/<str:version>/", models.version, name="version"),
    path("runs/<int:run_id>/", models.run, name="run"),
    path("runs/<int:run_id>/cancel/", models.cancel, name="run-cancel"),
    path("loop/", loop.page, name="loop"),
]
