"""Functions on a corpus through Ray Data vote as they do here."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ray", reason="`make test-cluster` installs it")

import pyarrow as pa
import pyarrow.parquet as pq
import ray
from django.core.management import CommandError, call_command
from snorkel.labeling import LabelingFunction, LFApplier

from annotation.labelling_functions import FUNCTIONS
from annotation.questions import Question
from annotation.weak_supervision.corpus import corpus_votes
from models_zoo.training import load_corpus
from tests.live import ROOT, environment, eventually

pytestmark = [pytest.mark.slow, pytest.mark.cluster]
PARTS = 20  # files of a corpus, so that some are written while others are still to be read


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [line.text for line in load_corpus()][:1500]


@pytest.fixture(scope="module", autouse=True)
def _ray(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}},
    )
    yield
    ray.shutdown()


def test_the_votes_are_snorkel_s_and_every_line_is_there_once(tmp_path: Path, texts: list[str]):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"id": n, "said": text}) + "\n" for n, text in enumerate(texts)))
    killed = tmp_path / "votes.unfinished"  # what a run leaves that did not come to its end
    killed.mkdir()
    pq.write_table(pa.table({"id": [0], "said": ["Why?"]}), killed / "part.parquet")
    call_command("vote_corpus", str(corpus), str(tmp_path / "votes"), text="said", stdout=sys.stderr)
    assert not killed.exists()
    found = pq.read_table(tmp_path / "votes").sort_by("id")
    assert found["id"].to_pylist() == list(range(len(texts)))
    votes = np.stack([found[function.name].to_numpy() for function in FUNCTIONS], axis=1)
    applier = LFApplier([LabelingFunction(each.name, each.rule) for each in FUNCTIONS])
    expected = applier.apply([Question(text.strip()) for text in texts], progress_bar=False)
    assert np.array_equal(votes, expected)
    assert np.array_equal(votes, corpus_votes(texts, processes=1))


def test_a_killed_run_leaves_nothing_that_looks_whole_and_is_begun_anew(tmp_path: Path, texts: list[str]):
    corpus, votes = tmp_path / "corpus", tmp_path / "votes"
    corpus.mkdir()
    for part in range(PARTS):
        lines = (json.dumps({"id": f"{part}-{n}", "text": text}) + "\n" for n, text in enumerate(texts))
        (corpus / f"{part}.jsonl").write_text("".join(lines))
    unfinished = tmp_path / "votes.unfinished"
    address = ray.get_runtime_context().gcs_address  # one Ray for both runs, as on a cluster
    command = [sys.executable, "manage.py", "vote_corpus", str(corpus), str(votes), "--address", address]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(tmp_path / "var"), start_new_session=True)
    try:
        eventually(lambda: any(unfinished.glob("*/*.parquet")) or process.poll() is not None, within_s=300)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the run ended before it was killed"
    assert not votes.exists()
    call_command("vote_corpus", str(corpus), str(votes), address=address, stdout=sys.stderr)
    assert not unfinished.exists()
    found = pq.read_table(votes)["id"].to_pylist()
    assert len(found) == len(set(found)) == PARTS * len(texts)


def test_a_missing_column_is_named(tmp_path: Path):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"said": "Why?"}\n')
    with pytest.raises(CommandError, match="no column 'text'; there are: said"):
        call_command("vote_corpus", str(corpus), str(tmp_path / "votes"))
