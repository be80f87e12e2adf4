"""Which key does what for whom on the labelling page."""

from django.conf import settings
from django.db import models


class KeyMap(models.Model):
    """What a person changed; an action that is not named keeps the key that it comes with."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="key_map")
    keys = models.JSONField(default=dict, help_text='{action: key}, for example {"skip": "x"}.')
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"keys of {self.person}"
