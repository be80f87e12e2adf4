"""Questions that wait for a label, and where they come from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    SESSIONS = "sessions", _("Rehearsals")
    IMPORT = "import", _("Imported dialogues")
    DEMO = "demo", _("Demonstration")


class Order(models.TextChoices):
    """What comes next in the queue. All but random need scores, which the prefill job computes."""

    RANDOM = "random", _("At random")
    UNCERTAINTY = "uncertainty", _("Where the model is unsure")
    BALD = "bald", _("Where its passes disagree (BALD)")
    FRAGILITY = "fragility", _("Where small edits flip the answer")
    DIVERSITY = "diversity", _("What is unlike the labelled")
    CONSEQUENCE = "consequence", _("Where most replies depend on it")


class Dataset(models.Model):
    """Questions of one study, which only its members see, or of nobody's, which all see.

    Names are given within a study, so that none tells of a data set elsewhere.
    """

    study = models.ForeignKey(
        "simulator.Study",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose members read and label it; empty: everybody's.",
    )
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=8, choices=Source.choices)
    annotators_per_item = models.PositiveSmallIntegerField(
        default=2, help_text="So many people label an item of the overlapping share."
    )
    overlap_share = models.FloatField(
        default=1.0, help_text="Share of the items that so many people label; the others get one."
    )
    plant_share = models.FloatField(
        default=0.0, help_text="Share of the suggestions on gold items that are wrong on purpose."
    )
    order = models.CharField(max_length=11, choices=Order.choices, default=Order.RANDOM)
    ordered_at = models.DateTimeField(
        null=True, blank=True, help_text="When the queue was last put in order."
    )
    collected_until = models.DateTimeField(
        null=True, blank=True, help_text="Rehearsals that ended up to then have been taken over."
    )
    licence = models.CharField(max_length=120, blank=True, help_text="Under which others may use it.")
    origin = models.TextField(blank=True, help_text="Who collected it, how, and who agreed to that.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="dataset_name_unique_in_study"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(study=None), name="dataset_name_unique_without_study"
            ),
            models.UniqueConstraint(
                fields=["study"],
                condition=models.Q(source=Source.SESSIONS),
                name="one_dataset_of_rehearsals_per_study",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One question of a teacher with the turns before it.

    ``holdout`` marks the random share that never shows a suggestion: drawn once, from the key alone, so
    that neither its text nor the order of arrival can sway it. Models are scored on nothing else.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="items")
    key = models.CharField(max_length=120, help_text="Names the utterance within its dataset, for ever.")
    text = models.TextField()
    context = models.JSONField(
        default=list, help_text='[{"persona", "text"}], the turns before, oldest first.'
    )
    source_event = models.UUIDField(null=True, blank=True, unique=True, help_text="The logged utterance.")
    group = models.CharField(max_length=120, blank=True, help_text="The session or dialogue it belongs to.")
    gold = models.CharField(max_length=40, blank=True, help_text="The question type that an expert gave it.")
    holdout = models.BooleanField(default=False)
    shuffle_key = models.PositiveIntegerField(help_text="Random place in the queue, drawn from the key.")
    wanted = models.PositiveSmallIntegerField(
        default=2, help_text="It leaves the queue when so many people have labelled it."
    )
    place = models.PositiveIntegerField(
        default=0, help_text="Place in the queue: the random one until a strategy gave it another."
    )
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="The teacher withdrew: nobody labels it, nothing is trained on it."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["shuffle_key", "pk"]
        constraints = [models.UniqueConstraint(fields=["dataset", "key"], name="item_key_unique_in_dataset")]
        indexes = [
            models.Index(fields=["holdout", "shuffle_key"], name="item_by_queue_place"),
            models.Index(fields=["place", "id"], name="item_by_place"),
            models.Index(fields=["dataset", "place"], name="item_by_place_in_dataset"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
