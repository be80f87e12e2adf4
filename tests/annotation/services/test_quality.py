import pytest

from annotation.models import Dataset, QualityReport, RunKind, RunStatus, TrainingRun
from annotation.services.quality import quality_refresh
from annotation.services.run import run_create, run_execute
from tests.annotation.people import OTHER, PROBING, annotator, say, suggest
from tests.cast import Cast


@pytest.fixture
def labelled(cast: Cast, demo: Dataset) -> Dataset:
    """Ana says what the expert said, Ben always Other; half of the shown suggestions are planted."""
    demo.plant_share = 0.5
    demo.save()
    ben = annotator("ben")
    for item in demo.items.select_related("dataset"):
        suggest(item, item.gold)
        say(cast.ana, item, item.gold, active_ms=4000)
        say(ben, item, OTHER, active_ms=4000)
    return demo


def measured() -> TrainingRun:
    return run_execute(run_id=run_create(kind=RunKind.QUALITY).pk)


def test_the_report_says_what_the_labels_say(cast: Cast, labelled: Dataset):
    assert measured().status == RunStatus.DONE
    figures = labelled.quality_reports.first().figures
    ana, ben = sorted(figures["people"], key=lambda person: person["name"])
    assert ana["gold"]["value"] == 1
    assert 0 < ben["gold"]["value"] < 0.6
    planted = labelled.items.filter(annotations__planted_label__gt="").count()
    assert planted > 5
    assert ana["labels"] == ben["labels"] == labelled.items.count()
    assert ana["gold"]["n"] + ben["gold"]["n"] == 2 * labelled.items.count() - planted
    assert ana["over_trust"]["value"] == 0
    assert ana["over_trust"]["n"] + ben["over_trust"]["n"] == planted == figures["over_trust"]["n"]
    assert figures["alpha"]["value"] < 0.3
    (pair,) = figures["pairs"]
    said_by_ben = [sum(row[column] for row in pair["matrix"]) for column in range(4)]
    assert said_by_ben[:3] == [0, 0, 0]
    assert pair["kappa"]["n"] == said_by_ben[3] == figures["shared"]


def test_it_is_measured_again_only_when_there_is_something_new(cast: Cast, labelled: Dataset):
    measured()
    measured()
    assert QualityReport.objects.count() == 1
    quality_refresh()
    assert not TrainingRun.objects.filter(status=RunStatus.QUEUED).exists()
    TrainingRun.objects.all().delete()
    say(annotator("cem"), labelled.items.first(), PROBING)
    quality_refresh()
    assert TrainingRun.objects.filter(kind=RunKind.QUALITY).count() == 1


def test_the_page_shows_the_report(cast: Cast, labelled: Dataset, client):
    measured()
    client.force_login(cast.rosa)
    page = client.get("/annotation/quality/?pair=7").content.decode()
    for shown in (
        "Krippendorff",
        "Fleiss",
        "Cohen",
        "Ana ↓ Ben →",
        "may decide disputes",
    ):
        assert shown in page
    client.post("/annotation/quality/entitle/", {"person": cast.ana.pk, "entitled": "on"})
    assert ">Withdraw" in client.get("/annotation/quality/").content.decode()


def test_without_labels_the_page_says_what_is_missing(cast: Cast, demo: Dataset, client):
    client.force_login(cast.rosa)
    assert "Nothing to measure yet" in client.get("/annotation/quality/").content.decode()
    assert not TrainingRun.objects.exists()


def test_few_labels_measure_without_falling_over(cast: Cast, demo: Dataset):
    say(cast.ana, demo.items.first(), PROBING)
    assert measured().status == RunStatus.DONE
    figures = demo.quality_reports.first().figures
    assert figures["alpha"]["value"] is None
    assert figures["people"][0]["skill"] is None
