# SPDX-License-Identifier: GPL-3.0-or-later
"""The synapse layer and the recurrent cell against loops that read like the formula, in float64."""
import itertools
import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is missing")

import synann  # noqa: E402
from synann.torch import Synapse, SynapseRNN  # noqa: E402


def drawn(layer):
    """In float64, with numbers that show every option: β below 0 and above 1, α other than 1."""
    layer = layer.double()
    with torch.no_grad():
        layer.weight.uniform_(-0.6, 1.2)
        if layer.alpha_kind != "one":
            layer.alpha.uniform_(-0.5, 0.5)
    return layer


def by_loops(layer, z):
    """z [batch, products, n] to [batch, products, m], as the formula says it."""
    w = layer.weight.detach().numpy()
    beta = {"free": lambda v: v, "sigmoid": lambda v: 1 / (1 + math.exp(-v)), "clamp": lambda v: min(max(v, 0), 1 - 1e-6)}
    alpha = {"one": lambda a: 1, "exp": math.exp, "softplus": lambda a: math.log(1 + math.exp(a))}
    y = np.zeros((*z.shape[:2], layer.out_features))
    factor = np.ones_like(y)
    for b, p, i in np.ndindex(y.shape):
        for j in range(layer.in_features):
            own = layer.diagonal == "zero" and layer.excitatory[i] == j
            factor[b, p, i] *= 1 - (0 if own else beta[layer.beta_kind](w[i, j])) * z[b, p, j]
    if layer.semantics == "batch-coupled":
        factor[:] = factor.prod((0, 1))
    for b, p, i in np.ndindex(y.shape):
        a = alpha[layer.alpha_kind](layer.alpha[i].item() if layer.alpha_kind != "one" else 0)
        y[b, p, i] = a * z[b, p, layer.excitatory[i]] * factor[b, p, i]
    return y


OPTIONS = list(itertools.product(("free", "sigmoid", "clamp"), ("one", "exp", "softplus"), ("keep", "zero"),
                                 ("per-sample", "batch-coupled")))


@pytest.mark.parametrize("beta,alpha,diagonal,semantics", OPTIONS)
def test_every_option_is_the_formula(beta, alpha, diagonal, semantics):
    torch.manual_seed(1)
    layer = drawn(Synapse(4, beta=beta, alpha=alpha, diagonal=diagonal, semantics=semantics))
    x = torch.rand(3, 4, dtype=torch.float64)
    assert np.allclose(layer(x).detach()[:, None], by_loops(layer, x.numpy()[:, None]), rtol=1e-13, atol=0)


@pytest.mark.parametrize("semantics", ("per-sample", "batch-coupled"))
@pytest.mark.parametrize("excitatory,out", (("first", None), ("first", 2), ([2, 0, 2], None), ([1, 1, 0, 3], None)))
@pytest.mark.parametrize("over", ("features", "channels", "positions"))
def test_every_shape_is_the_formula(over, excitatory, out, semantics):
    torch.manual_seed(2)
    shape = {"features": (3, 4, 1, 1), "channels": (3, 4, 2, 2), "positions": (3, 5, 2, 2)}[over]
    layer = drawn(Synapse(4, out, over=over, excitatory=excitatory, diagonal="zero", semantics=semantics))
    x = torch.rand(shape, dtype=torch.float64)
    z = x.flatten(2).numpy()
    z = {"features": z.transpose(0, 2, 1), "channels": z.transpose(0, 2, 1), "positions": z}[over]
    y = by_loops(layer, z)
    y = y.transpose(0, 2, 1) if over == "channels" else y
    found = layer(x)
    assert np.allclose(found.detach().numpy().reshape(y.shape), y, rtol=1e-13, atol=0)
    m = layer.out_features
    shapes = {"features": (3, m, 1, 1), "channels": (3, m, 2, 2), "positions": (3, 5, 2, 2) if m == 4 else (3, 5, m, 1)}
    assert tuple(found.shape) == shapes[over]


@pytest.mark.parametrize("options", ({}, {"beta": "sigmoid", "alpha": "exp"}, {"alpha": "softplus", "diagonal": "zero"},
                                     {"semantics": "batch-coupled"}, {"out_features": 2, "excitatory": [3, 3]}))
def test_gradients_are_those_of_finite_differences(options):
    torch.manual_seed(3)
    layer = drawn(Synapse(4, **options))
    x = torch.rand(3, 4, dtype=torch.float64, requires_grad=True)
    trained = [p for n, p in layer.named_parameters() if n != "bias"]
    assert torch.autograd.gradcheck(lambda *_: layer(x), (x, *trained))


def test_a_factor_that_is_zero_does_not_stop_the_gradient():
    layer = Synapse(2).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 0.5], [0.25, 1.0]]))
    layer(torch.ones(1, 2, dtype=torch.float64)).sum().backward()
    assert layer.weight.grad.tolist() == [[-0.5, 0], [0, -0.75]] and layer.bias.grad is None


def test_names_and_shapes_are_those_of_checkpoints():
    assert {k: tuple(v.shape) for k, v in Synapse(3, 2, alpha="exp").state_dict().items()} == {
        "weight": (2, 3), "bias": (2,), "alpha": (2,)}
    assert list(Synapse(3).state_dict()) == ["weight", "bias"]


def test_numbers_start_in_the_programs_distributions():
    free, clamp, soft = Synapse(100), Synapse(100, beta="clamp"), Synapse(5, alpha="softplus")
    assert free.weight.abs().max() <= 0.1 and free.weight.min() < -0.09
    assert 0 <= clamp.weight.min() and 0.09 < clamp.weight.max() <= 0.1
    assert torch.allclose(soft.strength(), torch.ones(5))


def test_what_does_not_fit_is_told_in_one_sentence():
    for wrong in (lambda: Synapse(3, beta="wild"), lambda: Synapse(3, 4), lambda: Synapse(3, excitatory=[3]),
                  lambda: Synapse(3, excitatory="last"), lambda: Synapse(3)(torch.ones(1, 4)),
                  lambda: SynapseRNN(3, 2, "wild")):
        with pytest.raises(synann.SynannError):
            wrong()


@pytest.mark.parametrize("inhibition", ("synapse", "dense", "none"))
def test_the_recurrent_cell_is_its_formula(inhibition):
    torch.manual_seed(4)
    rnn = SynapseRNN(3, 4, inhibition).double()
    x = torch.rand(2, 5, 3, dtype=torch.float64)
    p = {k: v.detach().numpy() for k, v in rnn.named_parameters()}

    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    for sample in range(2):
        h = np.full(4, 0.1)
        for z in x[sample].numpy():
            e = sigmoid(p["weight_ie"] @ z + p["weight_he"] @ h + p["bias_e"])
            f = sigmoid(p["weight_if"] @ z + p["weight_hf"] @ h + p["bias_f"])
            q = 1.0
            if inhibition == "synapse":
                q = np.array([math.prod(1 - sigmoid(p["weight"][i, j]) * h[j] for j in range(4)) for i in range(4)])
            elif inhibition == "dense":
                q = sigmoid(p["weight"] @ h)
            h = h * (1 - f) + f * e * q
        assert np.allclose(rnn(x)[sample].detach(), 4 * h - 2, rtol=1e-13, atol=0)
    assert torch.equal(rnn(x[:, None])[:, :, 0, 0], rnn(x))
