"""The engine's loop: take turns, answer those of all rooms in one batch, write the outcome."""

import os
import socket
import threading
import time
from collections.abc import Sequence

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from models_zoo.serving.predictor import Predictor
from models_zoo.types import Understanding
from simulator.changes import Watch
from simulator.models import Turn
from simulator.services.engine import Heartbeat, engine_gone
from simulator.services.turn import Prediction, turn_hand_over, turns_predict, turns_take

from .batch import BatchSize
from .exchanges import ExchangeMemory
from .joint import JointInForce, judged
from .models import ServingModel, loader
from .pins import PinnedVersions, pin_of
from .respond import propose
from .scope.guard import ScopeGuard
from .thresholds import Thresholds
from .uncertainty import joint_uncertainty, stages_of

log = structlog.get_logger(__name__)
LOOK_ANYWAY_S = 0.25
WRITE_TOGETHER = 2  # turns a transaction: a commit is dear, but on SQLite nobody else writes meanwhile


class Engine:
    """One worker. Any number may run: turns are leased, so no two answer the same one."""

    def __init__(self) -> None:
        self.name = f"engine:{socket.gethostname()[:20]}-{os.getpid()}"
        self.model = ServingModel(settings.MODEL_STORE, loader(settings.ACTS_MODEL_SERVER))
        self.pinned = PinnedVersions(settings.MODEL_STORE)
        self.memory = ExchangeMemory()
        self.heart = Heartbeat(self.name)
        self.guard = ScopeGuard()
        self.batch = BatchSize()
        self.thresholds = Thresholds()
        self.joint = JointInForce()
        self.watch = Watch(anyway_s=LOOK_ANYWAY_S)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until ``stopping`` is set. A failing database delays, and does not end, the loop."""
        self.model.start()
        self.pinned.prepare()
        while not self.stopping.is_set():
            try:
                self.heart.beat(self.model.version)
                if not self.step():
                    self.watch.wait(self.stopping)
            except DatabaseError as error:
                log.error("engine_database", error=str(error))
                close_old_connections()
                self.stopping.wait(LOOK_ANYWAY_S)
        engine_gone(name=self.name)

    def step(self) -> bool:
        """Take and answer one batch. False when there was nothing to do."""
        self.model.follow()
        turns = turns_take(engine=self.name, limit=self.batch.limit)
        if not turns:
            return False
        predictor = self.model.predictor
        if predictor is None:
            self._give_up(turns, "no model version could be loaded")
            return True
        started = time.perf_counter()
        groups: dict[tuple[int, bool], list[Turn]] = {}
        for turn in turns:
            pinned = pin_of(turn) not in (None, predictor.version)  # the active one is served more quickly
            groups.setdefault((turn.session.scenario.content.routing.passes, pinned), []).append(turn)
        for (passes, pinned), group in groups.items():
            self._answer(self._readable(group) if pinned else group, predictor, passes, pinned=pinned)
        self.batch.took(len(turns), time.perf_counter() - started)
        return True

    def _readable(self, turns: Sequence[Turn]) -> list[Turn]:
        """Those whose pinned version can be loaded; the others go to a person, not to another version."""
        readable = []
        for turn in turns:
            refusal = self.pinned.refusal(turn)
            if refusal is None:
                readable.append(turn)
            else:
                self._give_up([turn], refusal)
        return readable

    def _answer(self, turns: Sequence[Turn], predictor: Predictor, passes: int, *, pinned: bool) -> None:
        started = time.perf_counter()
        seeds = [turn.session.seed ^ turn.number for turn in turns]
        try:
            self.memory.refresh(predictor)
            self.guard.follow(predictor)
            if pinned:
                found = self.pinned.understand(turns, passes=passes, seeds=seeds)
            else:
                found = predictor.understand([turn.text for turn in turns], passes=passes, seed=seeds)
        except DatabaseError:
            raise
        except Exception as error:  # whatever a model may raise: a person answers instead
            log.exception("understanding_failed")
            self._give_up(turns, f"understanding: {error}")
            return
        understood = list(zip(turns, found, strict=True))
        for first in range(0, len(understood), WRITE_TOGETHER):
            self._settle(understood[first : first + WRITE_TOGETHER], started)

    def _settle(self, understood: Sequence[tuple[Turn, Understanding]], started: float) -> None:
        predictions = []
        for turn, understanding in understood:
            try:
                predictions.append((turn, self._predict(turn, understanding, started)))
            except DatabaseError:
                raise
            except Exception as error:
                log.exception("reply_failed", turn=turn.pk)
                self._give_up([turn], f"reply: {error}")
        turns_predict(found=predictions)

    def _predict(self, turn: Turn, understanding: Understanding, started: float) -> Prediction:
        scenario = turn.session.scenario
        in_force = self.thresholds.of(turn.session)
        scope = self.guard.judge(scenario.content, understanding)
        candidates = propose(turn, understanding, self.memory)
        nearest = self.memory.nearest(session=turn.session, embedding=understanding.embedding)
        likeness = nearest[0]["similarity"] if nearest else None
        stages = stages_of(understanding, candidates, scope, nearest=likeness)
        source = candidates[0].source if candidates else "generic"
        prior = round(joint_uncertainty(stages, source=source), 4)
        joint = self.joint.of(understanding.model_version)
        found = Prediction(
            understanding=understanding.to_json() | {"scope": scope.to_json(), "exchanges": nearest},
            candidates=[candidate.to_json() for candidate in candidates],
            stages=[stage.to_json() for stage in stages],
            joint=prior,
            threshold=in_force.threshold,
            threshold_origin=in_force.origin,
            passes=understanding.passes,
            seed=understanding.seed,
            model_version=understanding.model_version,
            engine_ms=round((time.perf_counter() - started) * 1000),
            expected_wait_s=in_force.expected_wait_s,
            audit_share=in_force.audit_share,
            joint_version=joint.version,
        )
        return judged(found, joint, text=turn.text, number=turn.number)

    def _give_up(self, turns: Sequence[Turn], detail: str) -> None:
        for turn in turns:
            turn_hand_over(turn=turn, route="failed", detail=detail)
