"""What the import page sends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.access import Viewer
from annotation.importing.formats import WITH_COLUMNS
from annotation.importing.mapping import USUAL_NAMES, Columns, guess
from annotation.importing.source import ENCODINGS
from annotation.models import FileFormat, FileImport
from annotation.selectors.imports import names_of
from annotation.services.file_import import Reading
from simulator.selectors import studies_of

COLUMN_LABELS = {
    "text": _("The question, or the utterance"),
    "key": _("Its name, which never changes"),
    "dialogue": _("The dialogue it belongs to"),
    "speaker": _("Who speaks, if a row is an utterance"),
    "context": _("The turns before"),
    "gold": _("Expert label"),
    "labels": _("Label"),
    "annotator": _("Who labelled"),
}


class UploadForm(forms.Form):
    """A file and who may see it. What it is gets guessed, and can be put right on the next page."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # refused with our own sentence
        help_text=_("CSV, JSON Lines, MathDial, TalkMoves, Label Studio JSON or doccano JSON Lines."),
    )
    study: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        None,
        label=_("For whom"),
        required=False,
        empty_label=_("Everybody: all annotators and researchers"),
        help_text=_("Of a study, only its members see the file, its questions and their labels."),
        error_messages={
            "invalid_choice": _("You do not belong to this study. Choose again who may see the file.")
        },
    )

    def __init__(self, *args: Any, viewer: Viewer) -> None:
        super().__init__(*args)
        field = self.fields["study"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (declared above)
        field.queryset = studies_of(viewer.pk)
        field.initial = field.queryset.first()

    def chosen(self) -> dict[str, Any]:
        """What ``file_receive`` takes."""
        study = self.cleaned_data["study"]
        return {"upload": self.cleaned_data["file"], "study_id": study.pk if study else None}


class ReadingForm(forms.Form):
    """How a file is to be read. Only the formats that are made of named columns ask for them."""

    format = forms.ChoiceField(label=_("Format"), choices=FileFormat.choices)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    dataset_name = forms.CharField(
        label=_("Data set"), max_length=120, help_text=_("One that exists gets what is new in the file.")
    )
    with_gold = forms.BooleanField(
        label=_("Keep expert labels: rules and models are scored on them"), required=False
    )
    with_labels = forms.BooleanField(
        label=_("Keep the labels of its annotators, as labels of people outside"), required=False
    )
    licence = forms.CharField(
        label=_("Licence"),
        max_length=120,
        required=False,
        help_text=_("Under which others may use it, for example CC BY-SA 4.0. Stands in every export."),
    )
    origin = forms.CharField(
        label=_("Origin and consent"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who collected it and how, and who agreed to what."),
    )
    teacher = forms.CharField(
        label=_("How the file calls the teacher"),
        required=False,
        help_text=_("Empty: T, teacher, tutor or instructor."),
    )

    def __init__(self, one: FileImport, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.get("format", one.format)
        self.names = names_of(one, chosen, self.data.get("encoding", ""))
        self.has_columns = chosen in WITH_COLUMNS and bool(self.names)
        if not self.has_columns:
            del self.fields["teacher"]
            return
        choices = [("", _("not in the file")), *((name, name) for name in self.names if name)]
        for column in USUAL_NAMES:
            self.fields[column] = forms.ChoiceField(
                label=COLUMN_LABELS[column], choices=choices, required=False
            )

    def column_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*USUAL_NAMES, "teacher")] if self.has_columns else []

    def reading(self) -> Reading:
        values = self.cleaned_data
        columns = Columns()
        if self.has_columns:
            columns = Columns(**{name: values[name] for name in (*USUAL_NAMES, "teacher")})
        if columns == Columns() and self.has_columns:
            columns = guess(self.names)
        further = ("format", "encoding", "dataset_name", "with_gold", "with_labels", "licence", "origin")
        return Reading(columns=columns, **{name: values[name] for name in further})


def form_of(one: FileImport) -> ReadingForm:
    """The form as it was left."""
    names = ("format", "encoding", "dataset_name", "with_gold", "with_labels", "licence", "origin")
    return ReadingForm(one, initial={**one.columns, **{name: getattr(one, name) for name in names}})
