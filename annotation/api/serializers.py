"""What the API gives of items, labels and model versions."""

from typing import Any

from rest_framework import serializers

from annotation.models import Annotation, Item
from annotation.selectors.versions import VersionRow


class ItemSerializer(serializers.ModelSerializer[Item]):
    """A question with the turns before it, as annotators see it."""

    dataset = serializers.CharField(source="dataset.name", read_only=True)

    class Meta:
        model = Item
        fields = ["id", "dataset", "text", "context", "created_at"]
        read_only_fields = fields


class ResearchItemSerializer(ItemSerializer):
    """With an expert's label and the held-out share, which would sway people who label."""

    class Meta(ItemSerializer.Meta):
        fields = [*ItemSerializer.Meta.fields, "key", "group", "source_event", "gold", "holdout"]
        read_only_fields = fields


class LabelSerializer(serializers.ModelSerializer[Annotation]):
    """What a person says about an item; ``labels`` are question types, the preferred one first."""

    codebook = serializers.IntegerField(source="codebook.version", read_only=True)
    labels = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Annotation
        fields = ["id", "item", "labels", "data_issue", "comment", "codebook", "created_at"]
        read_only_fields = fields


class ResearchLabelSerializer(LabelSerializer):
    """With who labelled, in what time, and what was suggested, also where that was held back."""

    annotator = serializers.SerializerMethodField()
    outcome = serializers.CharField(read_only=True)

    class Meta(LabelSerializer.Meta):
        fields = [
            *LabelSerializer.Meta.fields, "annotator", "suggestion_shown", "suggested_label", "suggested_by",
            "outcome", "active_ms", "idle_ms",
        ]  # fmt: skip
        read_only_fields = fields

    def get_annotator(self, label: Annotation) -> str:
        return f"user:{label.annotator_id}"


class ModelVersionSerializer(serializers.Serializer[VersionRow]):
    """A stored model version: what it can do, how well, and what it learned from."""

    version = serializers.CharField(source="name")
    current = serializers.BooleanField(source="is_current", help_text="answers in the chat now")
    created_at = serializers.DateTimeField()
    backbone = serializers.CharField(source="manifest.backbone")
    metrics = serializers.SerializerMethodField(help_text="value with the bounds of its interval")
    calibration = serializers.DictField(source="manifest.calibration", child=serializers.FloatField())
    lineage = serializers.DictField(help_text="without the rows of other studies")
    run = serializers.IntegerField(source="run.pk", default=None, allow_null=True)

    def get_metrics(self, row: VersionRow) -> dict[str, Any]:
        return {name: metric.model_dump() for name, metric in row.manifest.metrics.items()}
