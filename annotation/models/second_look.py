"""An item that is looked at again because its teacher calls it something else. The annotator is not told."""

from django.db import models

from .dataset import Item


class SecondLook(models.Model):
    """No suggestion is shown and one label more is wanted; what people then say goes back to the report."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="second_look")
    asked_at = models.DateTimeField(auto_now_add=True)
    label = models.CharField(max_length=40, blank=True, help_text="Empty with a date: put aside.")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When the report last heard of it.")

    def __str__(self) -> str:
        return f"{self.item}: {self.label or 'open'}"
