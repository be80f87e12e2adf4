"""Whose label it is that comes back: of an account here, if that may label the question."""

from annotation.label_studio.pull import account_of
from annotation.models import Dataset
from tests.cast import Cast


def test_a_label_belongs_to_the_account_with_the_address_where_it_sees_the_question(cast: Cast):
    everybodys = Dataset.objects.create(name="Talks", source="import")
    of_study = Dataset.objects.create(name="Talks", source="import", study=cast.study)
    of_another = Dataset.objects.create(name="Talks", source="import", study=cast.other_study)
    address = cast.ana.email.upper()
    assert account_of(address, everybodys) == account_of(address, of_study) == cast.ana.pk
    assert account_of(address, of_another) is None
    assert account_of(cast.tess.email, of_study) is None  # a teacher labels nothing
    assert account_of("", everybodys) is None
