"""Items that were there before keep their random place and the number of people that their dataset wanted."""

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    Item, Dataset = apps.get_model("annotation", "Item"), apps.get_model("annotation", "Dataset")
    wanted = Dataset.objects.filter(pk=OuterRef("dataset")).values("annotators_per_item")
    Item.objects.update(place=F("shuffle_key"), wanted=Subquery(wanted))


class Migration(migrations.Migration):
    dependencies = [("annotation", "0003_quality_and_order")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
