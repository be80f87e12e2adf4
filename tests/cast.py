"""People whom everybody knows: Tess and Theo teach, Will and Wanda supervise, Ana annotates, Rosa researches,
Oscar is a teacher of another study and must get nothing."""

from dataclasses import dataclass

from simulator.models import Role, ScenarioVersion, Session, Study, User
from simulator.services.scenario import SCENARIO_DIR, scenario_install
from simulator.services.session import session_start
from simulator.services.study import consent_give, consent_text_publish

PASSWORD = "chalk-and-talk"


@dataclass
class Cast:
    study: Study
    other_study: Study
    tess: User
    theo: User
    will: User
    wanda: User
    ana: User
    rosa: User
    oscar: User
    scenario: ScenarioVersion

    def session(self, teacher: User | None = None, **options: object) -> Session:
        """A rehearsal that answers without delay unless told otherwise."""
        who = teacher or self.tess
        study = self.other_study if who == self.oscar else self.study
        return session_start(
            teacher=who, study=study, scenario=self.scenario, **{"pacing_scale": 0.0, **options}
        )


def _person(name: str, role: Role, study: Study) -> User:
    user = User.objects.create_user(
        username=name.lower(), password=PASSWORD, role=role, display_name=name, email=f"{name}@example.org"
    )
    study.members.add(user)
    return user


def make_cast() -> Cast:
    study = Study.objects.create(slug="main", title="Main study")
    other = Study.objects.create(slug="other", title="Other study")
    cast = Cast(
        study=study,
        other_study=other,
        tess=_person("Tess", Role.TEACHER, study),
        theo=_person("Theo", Role.TEACHER, study),
        will=_person("Will", Role.SUPERVISOR, study),
        wanda=_person("Wanda", Role.SUPERVISOR, study),
        ana=_person("Ana", Role.ANNOTATOR, study),
        rosa=_person("Rosa", Role.RESEARCHER, study),
        oscar=_person("Oscar", Role.TEACHER, other),
        scenario=scenario_install(source=(SCENARIO_DIR / "scale-factor.yaml").read_text()),
    )
    for one in (study, other):
        text = consent_text_publish(study=one, text="We record what is written. A person may be involved.")
        for teacher in one.members.filter(role=Role.TEACHER):
            consent_give(person=teacher, text=text)
    return cast
