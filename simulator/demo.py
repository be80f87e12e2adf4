"""The demo: who is in it and what they agree to."""

from dataclasses import dataclass

from .models import Role

STUDY_SLUG = "demo"
CONSENT = """\
In this rehearsal you chat with a simulated student about a maths task. What you write, and when, is \
recorded and used for research on teacher education and to improve the simulation.

Replies of the student come from a computer program. A trained member of the study team can be involved \
in them.

Taking part is voluntary. You may stop at any time and withdraw your consent on your account page; then \
no further rehearsal can be started and what you wrote is left out of later analyses.
"""
DEBRIEF = """\
Thank you for rehearsing. Some replies of the student may have been written or checked by a member of the \
study team, so that the conversation stays sensible when the program is unsure. Which ones is not shown, \
because knowing it would change how teachers rehearse.
"""


@dataclass(frozen=True)
class Account:
    username: str
    password: str
    role: Role
    display_name: str


ACCOUNTS = (
    Account("tess", "tess-demo", Role.TEACHER, "Tess"),
    Account("theo", "theo-demo", Role.TEACHER, "Theo"),
    Account("will", "will-demo", Role.SUPERVISOR, "Will"),
    Account("ana", "ana-demo", Role.ANNOTATOR, "Ana"),
    Account("rosa", "rosa-demo", Role.RESEARCHER, "Rosa"),
)
