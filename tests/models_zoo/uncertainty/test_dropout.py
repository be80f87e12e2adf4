import pytest
import torch
from torch import nn

from models_zoo.uncertainty.dropout import SeededDropout, dropout_active, seed_dropout


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.Sequential(nn.Dropout(0.25)))


def test_every_dropout_layer_is_replaced_with_its_probability():
    model = network()
    seed_dropout(model)
    assert [m.p for m in model.modules() if isinstance(m, SeededDropout)] == [0.5, 0.25]
    assert not any(isinstance(m, nn.Dropout) for m in model.modules())


def test_it_drops_the_stated_share_and_keeps_the_mean():
    model = nn.Sequential(nn.Dropout(0.2))
    seed_dropout(model).seed(1)
    x = torch.ones(200_000)
    dropped = model.train()(x)
    assert float((dropped == 0).float().mean()) == pytest.approx(0.2, abs=0.005)
    assert float(dropped.mean()) == pytest.approx(1.0, abs=0.01)
    assert float(dropped.max()) == pytest.approx(1.25)


def test_a_seed_fixes_the_masks_and_leaves_the_global_generator_alone():
    model = network()
    source = seed_dropout(model)
    x = torch.ones(8, 4)
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    source.seed(5)
    first = model.train()(x)
    torch.rand(3)  # somebody else draws in between
    source.seed(5)
    assert torch.equal(first, model(x))
    source.seed(6)
    assert not torch.equal(first, model(x))
    torch.random.set_rng_state(before)
    model(x)
    assert torch.equal(before, torch.random.get_rng_state())


def test_modes_are_restored_even_after_an_error():
    model = network().eval()
    model[2].train()
    seen = []

    def fail() -> None:
        with dropout_active(model):
            seen.extend(module.training for module in model.modules())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert all(seen)
    assert [module.training for module in model.modules()] == [False, False, False, True, True]


def test_outside_training_mode_it_is_the_identity():
    model = network().eval()
    seed_dropout(model)
    x = torch.randn(2, 4)
    assert torch.equal(model(x), model[0](x))
