"""Accounts for people who labelled elsewhere. Nobody can sign in to them."""

import hashlib

from django.contrib.auth import get_user_model
from django.db import transaction

from annotation.models import OutsideAnnotator


@transaction.atomic
def outside_annotator(*, origin: str, name: str) -> int:
    """The id of the account that stands for ``name`` of ``origin``; made when it is met first."""
    origin, name = origin[:200], name[:200]
    known = OutsideAnnotator.objects.filter(origin=origin, name=name).first()
    if known is not None:
        return known.user_id
    mark = hashlib.sha256(f"{origin}\0{name}".encode()).hexdigest()[:16]
    user = get_user_model()(
        username=f"outside-{mark}", display_name=name[:80], role="annotator", is_active=False
    )
    user.set_unusable_password()
    user.save()
    OutsideAnnotator.objects.create(user=user, origin=origin, name=name)
    return int(user.pk)
