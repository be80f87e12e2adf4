"""Adding, replacing, removing and evicting while other threads ask without a pause."""

import threading
import time
from pathlib import Path

import pytest
import torch

from models_zoo.backbones import load_backbone
from models_zoo.serving.shared import SharedBackbone, SharedBackboneError

TEXT = "Why did you add 3?"


def expected(shared: SharedBackbone, tasks: dict[str, dict]) -> dict[str, torch.Tensor]:
    """What each version says, asked alone."""
    said = {}
    for version, task in tasks.items():
        shared.put("probe", **task | {"version": version})
        (answer,) = shared.predict([TEXT], ["probe"])
        said[version] = answer.logits["label"]
    shared.remove("probe")
    return said


def test_answers_are_always_those_of_one_valid_version(shared, make_task) -> None:
    versions = {f"v{seed}": make_task(seed, rank=seed) for seed in (1, 2, 3)}
    said = expected(shared, versions)
    shared.put("steady", **versions["v1"])
    shared.put("changing", **versions["v1"])
    stop = threading.Event()
    faults: list[str] = []
    asked = [0]

    def ask() -> None:
        while not stop.is_set():
            steady, changing = shared.predict([TEXT] * 2, ["steady", "changing"])
            for answer, allowed in ((steady, {"v1"}), (changing, {"v1", "v2", "v3"})):
                if answer.version not in allowed:
                    faults.append(f"{answer.task} answered as {answer.version}")
                elif not torch.allclose(answer.logits["label"], said[answer.version], atol=1e-5):
                    faults.append(f"{answer.task} {answer.version} gave a wrong answer")
            asked[0] += 1

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(60):
        shared.put("changing", **versions[f"v{turn % 3 + 1}"])
        shared.put(f"passing {turn}", **versions["v2"])
        if turn:
            shared.remove(f"passing {turn - 1}")
        with pytest.raises(SharedBackboneError):
            shared.put("changing", **versions["v1"] | {"heads": {}})
        time.sleep(0.005)
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert asked[0] > 10


def test_memory_keeps_to_its_bound_and_evicted_tasks_answer_as_before(
    tiny_backbone, make_task, waiting: Path
) -> None:
    unbounded = SharedBackbone(load_backbone(tiny_backbone))
    tasks = {f"task {seed}": make_task(seed) for seed in range(6)}
    for name, task in tasks.items():
        unbounded.put(name, **task)
    bound = unbounded.size_bytes // 3
    bounded = SharedBackbone(load_backbone(tiny_backbone), max_bytes=bound, folder=waiting)
    for name, task in tasks.items():
        bounded.put(name, **task)
        assert bounded.size_bytes <= bound
    assert bounded.tasks == sorted(tasks)
    assert bounded.resident == ["task 4", "task 5"]  # the last ones used
    for names in (list(tasks), ["task 0", "task 1"]):
        for mine, theirs in zip(
            bounded.predict([TEXT] * len(names), names),
            unbounded.predict([TEXT] * len(names), names),
            strict=True,
        ):
            torch.testing.assert_close(mine.logits["label"], theirs.logits["label"], atol=1e-5, rtol=0)
        assert bounded.size_bytes <= bound
    assert bounded.resident == ["task 0", "task 1"]


def test_files_follow_the_tasks_and_a_changed_one_is_refused_by_name(
    tiny_backbone, make_task, waiting: Path
) -> None:
    shared = SharedBackbone(load_backbone(tiny_backbone), max_bytes=1, folder=waiting)
    shared.put("first", **make_task(1))
    shared.put("second", **make_task(2))
    shared.put("first", **make_task(3))
    assert len(list(waiting.iterdir())) == 2
    assert shared.resident == []
    shared.remove("first")
    (file,) = waiting.iterdir()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(SharedBackboneError, match="of task 'second' is gone or was changed") as refused:
        shared.predict([TEXT], ["second"])
    assert refused.value.code == "damaged_task"
    shared.put("second", **make_task(2))
    assert shared.predict([TEXT], ["second"])[0].version == "v2"


def test_eviction_under_load_never_gives_a_wrong_answer(tiny_backbone, make_task, waiting: Path) -> None:
    tasks = {f"v{seed}": make_task(seed) for seed in range(1, 7)}
    shared = SharedBackbone(load_backbone(tiny_backbone), max_bytes=6000, folder=waiting, cache_bytes=1)
    said = expected(shared, tasks)
    for name, task in tasks.items():
        shared.put(name, **task)
    assert 0 < len(shared.resident) < 6
    faults: list[str] = []

    def ask(turn: int) -> None:
        for step in range(15):
            names = [f"v{(turn + step * k) % 6 + 1}" for k in (1, 2)]
            answers = shared.predict([TEXT] * 2, names)
            faults.extend(
                answer.version
                for answer in answers
                if not torch.allclose(answer.logits["label"], said[answer.version], atol=1e-5)
            )

    threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):  # replaced by themselves: files come and go while they are read
        for name, task in tasks.items():
            shared.put(name, **task)
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(list(waiting.iterdir())) == 6
