"""What the person at a page may do, for templates."""

from django import template

from annotation.access import Viewer
from annotation.selectors.adjudication import disputes_for, may_adjudicate
from annotation.selectors.queue import recheck_for
from annotation.selectors.study_tasks import StudyWork
from annotation.selectors.study_tasks import my_studies as studies_of

register = template.Library()


@register.simple_tag
def adjudicates(viewer: Viewer) -> bool:
    """Whether disputes are theirs to decide."""
    return may_adjudicate(viewer)


@register.simple_tag
def waiting_disputes(viewer: Viewer) -> int:
    return disputes_for(viewer).count() if may_adjudicate(viewer) else 0


@register.simple_tag
def waiting_rechecks(viewer: Viewer) -> int:
    return recheck_for(viewer).count()


@register.simple_tag
def my_studies(viewer: Viewer) -> list[StudyWork]:
    """The studies that ask something of them now."""
    return studies_of(viewer)
