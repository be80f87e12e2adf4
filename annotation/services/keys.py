"""Changing one's keys."""

from collections.abc import Mapping

from django.db import transaction

from annotation.access import Viewer, require_annotator
from annotation.keys import DEFAULT, checked_keys
from annotation.models import KeyMap


@transaction.atomic
def keys_save(*, viewer: Viewer, keys: Mapping[str, str]) -> dict[str, str]:
    """Keep the viewer's keys and return all of them; acts that are not named get their own key back.

    Only what differs from the page's own keys is stored, so that an act that is added later comes with its
    own.

    Raises:
        KeysInvalid: see ``checked_keys``; nothing is changed.
    """
    require_annotator(viewer)
    found = checked_keys(keys)
    changed = {name: key for name, key in found.items() if key != DEFAULT[name]}
    KeyMap.objects.update_or_create(person_id=viewer.pk, defaults={"keys": changed})
    return found
