"""One batch, every row its own adapter: the answers of PEFT's models, one adapter at a time."""

import threading
from pathlib import Path

import peft
import pytest
import torch
from peft import LoraConfig, PeftConfig
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import DistilBertModel

from compression import DECOMPOSITIONS
from compression.stacked import AdapterMismatch, FrozenAdapter, HalvesCache, StackedAdapters
from tests.compression.test_adapter import settings
from tests.compression.tiny_models import ENCODERS, distilbert_config, encoder, hidden

QUERY = {"distilbert": "q_lin", "bert": "query", "roberta": "query", "deberta": "query_proj"}
OUTPUT = {"distilbert": "out_lin"} | dict.fromkeys(("bert", "roberta", "deberta"), "attention.output.dense")
WEIGHTS = "adapter_model.safetensors"

Pair = tuple[FrozenAdapter, Tensor]  # an adapter, and what PEFT's model with it says to TOKENS


def adapter_and_answer(stacked: StackedAdapters, config: PeftConfig, name: str = "distilbert") -> Pair:
    model = peft.get_peft_model(encoder(name), config).eval()
    return stacked.take(model), hidden(model)


def mixed(stacked: StackedAdapters, rows: list[FrozenAdapter | None]) -> Tensor:
    with stacked.rows(rows):
        return hidden(stacked.backbone)


def assert_rows(stacked: StackedAdapters, rows: list[Pair | None]) -> None:
    plain = hidden(stacked.backbone)
    said = mixed(stacked, [None if pair is None else pair[0] for pair in rows])
    for row, pair in enumerate(rows):
        expected = (plain if pair is None else pair[1])[row]
        torch.testing.assert_close(said[row], expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_rows_of_every_form_and_place_meet_in_one_batch(name: str) -> None:
    torch.manual_seed(3)
    stacked = StackedAdapters(encoder(name))
    configs = [
        settings(decomposition="cp", target_modules="all-linear"),
        settings(decomposition="tensor_ring", rank=2, kind="serial", target_modules=[OUTPUT[name]]),
        settings(decomposition="tucker", target_modules=[QUERY[name], "word_embeddings"]),
        LoraConfig(r=5, lora_alpha=3, target_modules=[QUERY[name]], init_lora_weights=False),
    ]
    cp, ring, tucker, lora = (adapter_and_answer(stacked, config, name) for config in configs)
    assert not torch.allclose(cp[1], hidden(encoder(name)), atol=1e-2)
    for rows in ([cp, ring, tucker, lora], [lora, None, ring, cp], [cp] * 4, [None] * 4):
        assert_rows(stacked, rows)


@pytest.mark.parametrize("decomposition", sorted(DECOMPOSITIONS))
@pytest.mark.parametrize("kind", ["parallel", "serial"])
def test_rows_of_one_form_keep_their_own_weights(decomposition: str, kind: str) -> None:
    torch.manual_seed(3)
    stacked = StackedAdapters(encoder())
    first, second = (
        adapter_and_answer(stacked, settings(decomposition=decomposition, kind=kind)) for _ in range(2)
    )
    assert_rows(stacked, [first, second, second, first])


def test_the_backbone_is_itself_again_after_the_block() -> None:
    stacked = StackedAdapters(encoder())
    pair = adapter_and_answer(stacked, settings(target_modules="all-linear"))
    mixed(stacked, [pair[0]] * 4)
    assert torch.equal(hidden(stacked.backbone), hidden(encoder()))
    stacked.detach()
    assert torch.equal(hidden(stacked.backbone), hidden(encoder()))
    assert not any("forward" in vars(module) for module in stacked.backbone.modules())


def test_threads_do_not_see_each_others_rows() -> None:
    torch.manual_seed(3)
    stacked = StackedAdapters(encoder(), cache=HalvesCache(max_bytes=1))  # nothing stays in the cache
    pairs = [adapter_and_answer(stacked, settings(decomposition=name)) for name in sorted(DECOMPOSITIONS)]
    wrong: list[int] = []

    def ask(pair: Pair) -> None:
        said = [mixed(stacked, [pair[0]] * 4) for _ in range(20)]
        wrong.extend(pairs.index(pair) for one in said if not torch.allclose(one, pair[1], atol=1e-5))

    threads = [threading.Thread(target=ask, args=(pair,)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_dropout_acts_on_the_rows_that_were_trained_with_it() -> None:
    torch.manual_seed(3)
    stacked = StackedAdapters(encoder())
    for module in stacked.backbone.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    without, answer = adapter_and_answer(stacked, settings(target_modules=["lin2"]))
    with_it, kept = adapter_and_answer(stacked, settings(dropout=0.2, target_modules=["lin2"]))
    plain = hidden(stacked.backbone)
    stacked.backbone.train()
    draws = torch.stack([mixed(stacked, [without, with_it, without, with_it]) for _ in range(100)])
    assert draws[:, 0].std(0).max() == 0
    torch.testing.assert_close(draws[0, 0], answer[0], atol=1e-5, rtol=0)
    assert draws[:, 1].std(0).min() > 0
    assert (draws[:, 1].mean(0) - kept[1]).abs().mean() < 0.2 * (kept[1] - plain[1]).abs().mean()


def test_half_precision_storage_halves_the_bytes_and_hardly_moves_the_answer() -> None:
    torch.manual_seed(3)
    stacked = StackedAdapters(encoder())
    model = peft.get_peft_model(encoder(), settings(target_modules="all-linear")).eval()
    full, half = stacked.take(model), stacked.take(model, dtype=torch.float16)
    assert full.size_bytes == 4 * sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert half.size_bytes * 2 == full.size_bytes
    torch.testing.assert_close(mixed(stacked, [half] * 4), hidden(model), atol=5e-3, rtol=0)


def test_the_cache_keeps_to_its_bound_and_forgets_what_is_gone() -> None:
    torch.manual_seed(3)
    cache = HalvesCache()
    stacked = StackedAdapters(encoder(), cache=cache)
    pairs = [adapter_and_answer(stacked, settings()) for _ in range(4)]
    mixed(stacked, [pairs[0][0]] * 4)
    one = cache.size_bytes
    assert one == 4 * pairs[0][0].layout.places.size
    cache = stacked.cache = HalvesCache(max_bytes=6 * one)  # half of it for adapters, half for batches
    for _ in range(3):
        assert_rows(stacked, [*pairs])
        assert cache.size_bytes == 3 * one  # four rows are more than half, so this batch is not kept
    for _ in range(3):
        assert_rows(stacked, [pairs[0], pairs[1], pairs[0], pairs[1]][:4])
    for _ in range(3):
        assert_rows(stacked, [pairs[2]] * 4)
    assert cache.size_bytes == 3 * one
    for adapter, _ in pairs:
        cache.discard(adapter)
    assert cache.size_bytes == 0


def test_a_batch_that_comes_again_is_kept_as_it_is_multiplied() -> None:
    torch.manual_seed(3)
    stacked = StackedAdapters(encoder())
    first, second, third = (adapter_and_answer(stacked, settings()) for _ in range(3))
    one = 4 * first[0].layout.places.size
    assert_rows(stacked, [first, second, first, second])
    assert stacked.cache.size_bytes == 2 * one
    for _ in range(2):
        assert_rows(stacked, [first, second, first, second])
        assert stacked.cache.size_bytes == 6 * one
    assert_rows(stacked, [first, third, first, second])
    stacked.cache.discard(second[0])
    assert stacked.cache.size_bytes == 2 * one  # neither it nor a batch with it
    assert_rows(stacked, [first, second, first, second])


def test_queries_keys_and_values_share_one_product(monkeypatch: pytest.MonkeyPatch) -> None:
    stacked = StackedAdapters(encoder())
    first, second = (adapter_and_answer(stacked, settings(target_modules="all-linear"))[0] for _ in range(2))
    products: list[tuple[int, ...]] = []
    bmm = torch.bmm

    def counted(a: Tensor, b: Tensor) -> Tensor:
        products.append(tuple(a.shape))
        return bmm(a, b)

    monkeypatch.setattr(torch, "bmm", counted)
    mixed(stacked, [first, second, first, second])
    assert (
        products == [(4, 12, 24), (4, 4, 24), (4, 4, 24), (4, 4, 40)] * 2
    )  # q k v together, out, lin1, lin2


def saved(folder: Path, **changes: object) -> Path:
    torch.manual_seed(3)
    peft.get_peft_model(encoder(), settings(**changes)).save_pretrained(str(folder))
    return folder


def test_a_saved_adapter_is_loaded(tmp_path: Path) -> None:
    stacked = StackedAdapters(encoder())
    adapter = stacked.load(saved(tmp_path))
    loaded = peft.PeftModel.from_pretrained(encoder(), str(tmp_path))
    torch.testing.assert_close(mixed(stacked, [adapter] * 4), hidden(loaded), atol=1e-5, rtol=0)


def test_a_damaged_adapter_is_refused_by_name(tmp_path: Path) -> None:
    stacked = StackedAdapters(encoder())
    file = saved(tmp_path, target_modules=["q_lin"]) / WEIGHTS
    whole = load_file(file)
    name = "base_model.model.transformer.layer.1.attention.q_lin.tensor_adapter_delta.factor_0"

    def refusal(state: dict[str, Tensor]) -> AdapterMismatch:
        save_file(state, file)
        with pytest.raises(AdapterMismatch) as refused:
            stacked.load(tmp_path)
        return refused.value

    missing = refusal({key: tensor for key, tensor in whole.items() if key != name})
    assert missing.code == "missing_factor"
    assert "transformer.layer.1.attention.q_lin" in str(missing)
    assert refusal(whole | {name: whole[name] * torch.nan}).code == "not_finite"
    assert refusal(whole | {name: whole[name][:, :2].contiguous()}).code == "wrong_shape"
    assert refusal(whole | {"base_model.model.surplus": torch.ones(1)}).code == "unexpected_factor"
    save_file(whole, file)
    file.write_bytes(file.read_bytes()[:-16])
    with pytest.raises(AdapterMismatch) as cut:
        stacked.load(tmp_path)
    assert cut.value.code == "unreadable"
    with pytest.raises(AdapterMismatch, match="holds no adapter that can be read"):
        stacked.load(tmp_path / "nowhere")


def test_an_adapter_of_another_backbone_is_refused(tmp_path: Path) -> None:
    saved(tmp_path)
    with pytest.raises(AdapterMismatch) as other_names:
        StackedAdapters(encoder("bert")).load(tmp_path)
    assert other_names.value.code == "no_target"
    config = distilbert_config()
    config.dim = 48
    wider = DistilBertModel(config)
    with pytest.raises(AdapterMismatch) as other_sizes:
        StackedAdapters(wider).load(tmp_path)
    assert other_sizes.value.code == "wrong_shape"


def test_a_method_that_is_no_sum_of_thin_maps_is_refused() -> None:
    stacked = StackedAdapters(encoder())
    dora = LoraConfig(target_modules=["q_lin"], use_dora=True)
    for config in (dora, peft.IA3Config(target_modules=["q_lin"])):
        with pytest.raises(AdapterMismatch) as refused:
            stacked.adapter(config, {})
        assert refused.value.code == "unsupported_method"


def test_a_wrong_number_of_rows_is_refused_with_the_modules_name() -> None:
    stacked = StackedAdapters(encoder())
    adapter, _ = adapter_and_answer(stacked, settings())
    with pytest.raises(ValueError, match=r"layer.0.attention.q_lin is given 4 rows, but 3 adapters"):
        mixed(stacked, [adapter] * 3)
