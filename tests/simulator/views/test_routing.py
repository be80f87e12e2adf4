"""The Routing pages: empty, refused, full; settings; a threshold put into force."""

import json
import re

from django.urls import reverse

from models_zoo.routing.joint import PRIOR
from simulator.models import JointFit, RoutingPolicy, ThresholdRecord
from simulator.selectors.verdicts import newest_model
from simulator.services.routing import guarantee_renew
from tests.cast import Cast
from tests.past_turns import past_turns


def address(cast: Cast, name: str = "routing-scenario") -> str:
    return reverse(name, args=["main", cast.scenario.slug])


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_before_the_first_rehearsal_the_list_says_so(cast: Cast, browse):
    assert "No rehearsal yet" in text(browse(cast.rosa).get(reverse("routing")))


def test_a_scenario_without_verdicts_explains_each_gap(cast: Cast, browse):
    cast.session()
    page = text(browse(cast.rosa).get(address(cast)))
    assert "There are no verdicts yet" in page
    assert "This study audits nothing" in page
    assert "No answered turn yet" in page
    assert "None but the scenario" in page


def test_a_refusal_says_how_many_verdicts_are_missing(cast: Cast, browse):
    past_turns(cast.study, cast.scenario, cast.tess, cast.will, sessions=2, verify=True, error=0.0)
    guarantee_renew(study_id=cast.study.pk, slug=cast.scenario.slug)
    page = text(browse(cast.rosa).get(address(cast)))
    assert "24 count, and at least 21 more are needed" in page
    assert "too_few_verdicts" in page


def test_a_full_page_holds_promise_errors_curves_and_the_same_as_a_table(cast: Cast, browse):
    past_turns(cast.study, cast.scenario, cast.tess, cast.will, sessions=40, verify=True, error=0.1)
    past_turns(cast.study, cast.scenario, cast.tess, cast.will, sessions=20, error=0.1, seed=2)
    record = guarantee_renew(study_id=cast.study.pk, slug=cast.scenario.slug)
    assert record is not None
    page = text(browse(cast.rosa).get(address(cast)))
    assert f"{record.n} verdicts below it" in page
    assert "wrong replies among" in page
    assert page.count('class="chart curve"') == 5
    data = json.loads(re.search(r'<script id="replay-data"[^>]*>(.*?)</script>', page)[1])
    assert len(data["points"]) == 101
    assert page.count('<td class="number">0.25</td>') == 1
    assert data["points"][25]["coverage"] > 0.3


def test_what_the_joint_uncertainty_is_worth_is_shown_once_it_was_learned(cast: Cast, browse):
    cast.session()
    assert "Which doubt finds the errors" not in text(browse(cast.rosa).get(address(cast)))
    version = newest_model(cast.study.pk, cast.scenario.slug)
    figures = {
        "aurc": {"reply": 0.31, "joint": 0.2, "product": 0.3},
        "auroc": {"reply": 0.6, "joint": 0.8, "product": 0.7},
        "error_at_half": {"joint": 0.123, "product": 0.2},  # a stage of a former release has none
    }
    JointFit.objects.create(
        model_version=version, version="joint-1", content=PRIOR.to_json(), n=80, wrong=20, figures=figures
    )
    page = text(browse(cast.rosa).get(address(cast)))
    assert "learned from 80 verdicts, 20 of them wrong" in page
    shown = re.findall(r'<th scope="row">([^<]+)</th>', page)
    assert shown == ["joint uncertainty", "product of all stages, nothing learned", "reply alone"]
    assert "12.3 %" in page


def test_settings_are_stored_and_bad_ones_explained(cast: Cast, browse):
    cast.session()
    good = {
        "target_error": "0.1",
        "confidence": "0.9",
        "audit_share": "0.1",
        "wait_limit_s": "45",
        "governs": "on",
    }
    answer = browse(cast.rosa).post(address(cast, "routing-policy"), good)
    assert answer.status_code == 302
    policy = RoutingPolicy.objects.get(study=cast.study)
    assert (policy.target_error, policy.audit_share, policy.governs, policy.keeps_promise) == (
        0.1,
        0.1,
        True,
        False,
    )
    bad = browse(cast.rosa).post(address(cast, "routing-policy"), good | {"audit_share": "3"})
    assert bad.status_code == 422
    assert "less than or equal to 1" in text(bad)
    assert RoutingPolicy.objects.get(study=cast.study).audit_share == 0.1


def test_a_threshold_is_put_into_force_after_it_was_confirmed(cast: Cast, browse):
    past_turns(cast.study, cast.scenario, cast.tess, cast.will, sessions=5, verify=True)
    rosa = browse(cast.rosa)
    asked = text(rosa.get(address(cast, "routing-deploy"), {"threshold": "0.40"}))
    assert "Put 0.40 into force?" in asked
    assert "support no threshold yet" in asked
    assert not ThresholdRecord.objects.exists()
    rosa.post(address(cast, "routing-deploy"), {"threshold": "0.40"})
    record = ThresholdRecord.objects.get()
    assert (record.threshold, record.described) == (0.4, "chosen by rosa")
    assert "chosen by rosa" in text(rosa.get(address(cast)))


def test_a_threshold_that_is_none_is_refused(cast: Cast, browse):
    cast.session()
    answer = browse(cast.rosa).get(address(cast, "routing-deploy"), {"threshold": "2"})
    assert answer.status_code == 400
    assert "between 0 and 1" in text(answer)
