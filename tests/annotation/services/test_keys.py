import pytest
from django.test import Client
from django.urls import reverse

from annotation.errors import KeysInvalid, NotFound
from annotation.keys import DEFAULT
from annotation.models import KeyMap
from annotation.selectors.keys import keys_of
from annotation.services.keys import keys_save
from tests.cast import Cast


def test_own_keys_are_kept_for_one_person_and_only_what_differs(cast: Cast):
    keys_save(viewer=cast.ana, keys=DEFAULT | {"skip": "X", "accept": " "})
    assert KeyMap.objects.get().keys == {"skip": "x", "accept": "Space"}
    assert {row.act.name: row.printed for row in keys_of(cast.ana)}["accept"] == "Space"
    assert {row.act.name: row.key for row in keys_of(cast.rosa)} == DEFAULT
    keys_save(viewer=cast.ana, keys={})
    assert {row.act.name: row.key for row in keys_of(cast.ana)} == DEFAULT


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"skip": "u"}, "“Skip for now” and “Undo"),
        ({"skip": ""}, "“Skip for now” has no key"),
        ({"skip": "Tab"}, "“Tab” cannot be used"),
        ({"skip": "F5"}, "“F5” cannot be used"),
        ({"skip": "xy"}, "“xy” cannot be used"),
    ],
)
def test_keys_that_cannot_be_are_refused_by_name_and_nothing_changes(
    cast: Cast, keys: dict[str, str], says: str
):
    client = Client()
    client.force_login(cast.ana)
    keys_save(viewer=cast.ana, keys={"skip": "x"})
    with pytest.raises(KeysInvalid, match=says):
        keys_save(viewer=cast.ana, keys=keys)
    answer = client.post(reverse("annotation:label-keys"), keys, headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert says.split("”")[0] in answer.json()["error"]["message"]
    assert KeyMap.objects.get().keys == {"skip": "x"}


def test_keys_are_for_annotators(cast: Cast):
    with pytest.raises(NotFound):
        keys_save(viewer=cast.tess, keys={})
