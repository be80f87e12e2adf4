"""One forward pass for rows of different tasks: each answer is that of the task's own model."""

import pytest
import torch
from peft import get_peft_model_state_dict
from safetensors.torch import save_file

from compression import TensorAdapterConfig
from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import encode
from models_zoo.serving.shared import SharedBackbone, SharedBackboneError
from models_zoo.uncertainty.passes import draw_passes

TEXTS = ["Why did you add 3?", "Well done.", "What is the length of the blue one, and how do you know?"]


def test_each_row_is_answered_by_its_own_adapter_and_heads(shared, make_task, alone) -> None:
    tasks = {
        "acts": make_task(1, classes=9, tags=5),
        "types": make_task(2, classes=4, decomposition="tensor_ring", rank=3, target_modules=["v_lin"]),
        "ranking": make_task(3, classes=1, kind="serial", bottleneck=8, target_modules=["out_lin"]),
    }
    for name, task in tasks.items():
        shared.put(name, **task)
    for names in (["acts", "types", "ranking"], ["types", "acts", "acts"]):
        answers = shared.predict(TEXTS, names)
        for text, name, answer in zip(TEXTS, names, answers, strict=True):
            expected = alone(text, tasks[name])
            assert (answer.task, answer.version) == (name, tasks[name]["version"])
            assert answer.logits.keys() == expected.keys()
            for head, logits in expected.items():
                torch.testing.assert_close(answer.logits[head][0], logits, atol=1e-4, rtol=1e-4)


def test_a_rows_dropout_does_not_depend_on_its_neighbours(shared, make_task) -> None:
    shared.put("acts", **make_task(1, tags=5, dropout=0.2))
    shared.put("types", **make_task(2))
    mixed = shared.predict(TEXTS, ["acts", "types", "acts"], passes=4, seed=[7, 8, 9])
    for row, (text, task) in enumerate(zip(TEXTS, ["acts", "types", "acts"], strict=True)):
        (alone,) = shared.predict([text], [task], passes=4, seed=7 + row)
        for head, logits in alone.logits.items():
            assert logits.shape[0] == 4
            assert logits.std(0).min() > 0
            torch.testing.assert_close(mixed[row].logits[head], logits, atol=1e-4, rtol=1e-4)


def test_rows_without_dropout_in_the_encoder_are_read_once(shared, make_task) -> None:
    """Their passes are the same beside a row that has some, and beside none."""
    still = make_task(1, tags=5) | {"dropout": 0.4, "encoder_dropout": 0.0}
    shared.put("still", **still)
    shared.put("noisy", **make_task(2, dropout=0.2))
    mixed = shared.predict(TEXTS, ["still", "noisy", "still"], passes=4, seed=[7, 8, 9])
    together = shared.predict(TEXTS[::2], ["still", "still"], passes=4, seed=[7, 9])
    for one, other in zip(mixed[::2], together, strict=True):
        for head, logits in other.logits.items():
            assert logits.std(0).min() > 0
            torch.testing.assert_close(one.logits[head], logits, atol=1e-4, rtol=1e-4)
    shared.put("bare", **still | {"dropout": 0.0})
    (said,) = shared.predict(TEXTS[:1], ["bare"], passes=3)
    (plain,) = shared.predict(TEXTS[:1], ["bare"])
    assert torch.equal(said.logits["label"], plain.logits["label"].expand(3, -1))


def test_dropout_spreads_as_in_the_model_alone(shared, make_task, tiny_backbone) -> None:
    """Against ``UnderstandingModel``, whose masks come from another source."""
    torch.manual_seed(5)
    config = TensorAdapterConfig(init_weights=False, dropout=0.2, rank=2, target_modules=["q_lin", "lin2"])
    backbone = load_backbone(tiny_backbone)
    model = UnderstandingModel(backbone, config).eval()
    shared.put(
        "understanding",
        adapter=(model.encoder.peft_config["default"], get_peft_model_state_dict(model.encoder)),
        heads={name: (head.weight, head.bias) for name, head in model.heads.items()},
        per_token={"tags"},
    )
    ids = encode(backbone.tokenizer, TEXTS[:1]).input_ids[0]
    drawn = draw_passes(model, ids, passes=400, seed=1, temperature={}).dialogue_act
    (answer,) = shared.predict(TEXTS[:1], ["understanding"], passes=400, seed=2)
    ours = answer.logits["dialogue_act"].double().softmax(-1)
    error = (drawn.var(0) / 400 + ours.var(0) / 400).sqrt()
    assert ((drawn.mean(0) - ours.mean(0)).abs() < 5 * error).all()
    torch.testing.assert_close(ours.std(0), drawn.std(0), rtol=0.25, atol=0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda task: task["adapter"][1].popitem(), "refused_adapter"),
        (lambda task: next(iter(task["adapter"][1].values())).fill_(torch.nan), "refused_adapter"),
        (lambda task: task["heads"].update(label=(torch.ones(4, 31), torch.ones(4))), "head_shape"),
        (lambda task: task["heads"].update(label=(torch.ones(4, 32), torch.ones(3))), "head_shape"),
        (lambda task: task["heads"].update(label=(torch.ones(4, 32) / 0, torch.ones(4))), "head_not_finite"),
        (lambda task: task["heads"].clear(), "no_head"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_running_one_stays(shared, make_task, change, code) -> None:
    shared.put("acts", **make_task(1))
    (before,) = shared.predict(TEXTS[:1], ["acts"])
    wrong = make_task(2)
    change(wrong)
    with pytest.raises(SharedBackboneError, match="'acts'") as refused:
        shared.put("acts", **wrong)
    assert refused.value.code == code
    (after,) = shared.predict(TEXTS[:1], ["acts"])
    assert after.version == before.version == "v1"
    assert torch.equal(after.logits["label"], before.logits["label"])


def test_a_truncated_file_is_refused_by_name(shared, make_task, tmp_path) -> None:
    task = make_task(1)
    config, state = task.pop("adapter")
    config.save_pretrained(str(tmp_path))
    file = tmp_path / "adapter_model.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, file)
    shared.put("acts", adapter=tmp_path, **task)
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(SharedBackboneError, match=r"task 'acts' is refused: .* can be read"):
        shared.put("acts", adapter=tmp_path, **task)
    assert shared.tasks == ["acts"]


def test_unknown_tasks_and_uneven_calls_are_refused(shared, make_task) -> None:
    shared.put("acts", **make_task(1))
    with pytest.raises(SharedBackboneError, match="No task is called 'types'; there are acts") as refused:
        shared.predict(TEXTS[:1], ["types"])
    assert refused.value.code == "unknown_task"
    with pytest.raises(ValueError, match="3 texts, 1 tasks"):
        shared.predict(TEXTS, ["acts"])
    shared.remove("acts")
    assert shared.tasks == []
    with pytest.raises(SharedBackboneError, match="there are none"):
        shared.remove("acts")


def test_a_task_without_an_adapter_reads_the_bare_backbone(shared, make_task, tiny_backbone) -> None:
    task = make_task(1) | {"adapter": None}
    shared.put("bare", **task)
    shared.put("adapted", **make_task(1))
    first, second = shared.predict([TEXTS[0]] * 2, ["bare", "adapted"])
    assert not torch.allclose(first.logits["label"], second.logits["label"], atol=1e-3)
    only = SharedBackbone(load_backbone(tiny_backbone))
    only.put("bare", **task)
    (again,) = only.predict(TEXTS[:1], ["bare"])
    torch.testing.assert_close(again.logits["label"], first.logits["label"], atol=1e-5, rtol=0)
