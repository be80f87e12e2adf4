"""A zero-shot model: the type whose description is nearest to the utterance, if it is nearer by a margin.

The frozen encoder that comes with the product says how near. Where no tensor library is loaded, as in a web
process, another process is asked, so that none gets loaded.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from annotation.questions import ABSTAIN, Question
from annotation.rules.source import Applied, RuleSource, silent
from models_zoo.labels import QUESTION_TYPES

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 120


def descriptions_of(body: str) -> dict[str, str]:
    """Type -> description. Raises ValueError: it is not that."""
    found = json.loads(body)
    if not isinstance(found, dict) or set(found) != set(QUESTION_TYPES):
        raise ValueError
    return {label: str(found[label]).strip() for label in QUESTION_TYPES}


def apply_zero_shot(source: RuleSource, questions: Sequence[Question]) -> Applied:
    described = descriptions_of(source.body)
    margin = float(str(source.options.get("margin", 0.05)))
    looked = [place for place, question in enumerate(questions) if source.looks_at(question)]
    votes = np.full(len(questions), ABSTAIN, dtype=np.int8)
    if looked:
        try:
            near = _similarities([questions[place].text for place in looked], list(described.values()))
        except (OSError, ValueError, KeyError, subprocess.SubprocessError):
            return silent(questions, _("The encoder could not be asked. Is the packaged encoder installed?"))
        ordered = np.sort(near, axis=1)
        sure = ordered[:, -1] - ordered[:, -2] >= margin
        votes[looked] = np.where(sure, near.argmax(axis=1), ABSTAIN)
    return Applied(votes, [[] for _each in questions])


def _similarities(texts: Sequence[str], descriptions: Sequence[str]) -> NDArray[np.float32]:
    """(texts, descriptions)"""
    distinct = list(dict.fromkeys(texts))
    if "torch" in sys.modules:
        from models_zoo.similarity import similarities

        found = similarities(distinct, descriptions)
    else:
        asked = json.dumps({"texts": distinct, "descriptions": list(descriptions)})
        command = [sys.executable, "-m", "models_zoo.similarity"]
        done = subprocess.run(  # noqa: S603
            command, input=asked, capture_output=True, text=True, check=True, cwd=ROOT, timeout=WITHIN_S
        )
        found = np.array(json.loads(done.stdout)["similarities"], dtype=np.float32)
    places = {text: place for place, text in enumerate(distinct)}
    return found[[places[text] for text in texts]]
