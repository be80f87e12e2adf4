"""Data sets, uploads and jobs may belong to a study; names are unique within what can be seen together."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0009_written_rules"),
        ("simulator", "0006_erasure_and_disputes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="dataset",
            options={"ordering": ["name", "pk"]},
        ),
        migrations.RemoveConstraint(
            model_name="trainingrun",
            name="one_active_run_per_kind",
        ),
        migrations.AddField(
            model_name="dataset",
            name="study",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose members read and label it; empty: everybody's.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="simulator.study",
            ),
        ),
        migrations.AddField(
            model_name="fileimport",
            name="study",
            field=models.ForeignKey(
                blank=True,
                help_text="Chosen at the upload; empty: everybody's.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="simulator.study",
            ),
        ),
        migrations.AddField(
            model_name="trainingrun",
            name="study",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose data alone it works on; empty: the installation's.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="simulator.study",
            ),
        ),
        migrations.AlterField(
            model_name="dataset",
            name="name",
            field=models.CharField(max_length=120),
        ),
        migrations.AlterField(
            model_name="labellingstudy",
            name="title",
            field=models.CharField(max_length=120),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(fields=("study", "name"), name="dataset_name_unique_in_study"),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("study", None)),
                fields=("name",),
                name="dataset_name_unique_without_study",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", "sessions")),
                fields=("study",),
                name="one_dataset_of_rehearsals_per_study",
            ),
        ),
        migrations.AddConstraint(
            model_name="labellingstudy",
            constraint=models.UniqueConstraint(
                fields=("dataset", "title"), name="labelling_study_title_unique_in_dataset"
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("queued", "running")), ("study", None)),
                fields=("kind",),
                name="one_active_run_per_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("queued", "running"))),
                fields=("kind", "study"),
                name="one_active_run_per_kind_and_study",
            ),
        ),
    ]
