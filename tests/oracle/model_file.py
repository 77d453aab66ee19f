# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of model files (synann-model-1, docs/formats.md) in PyTorch, written from the formulas.

Nothing of the program is used, and nothing of the program needs this. Every layer sees and gives [samples, channels, rows,
columns]; a vector of n features is [samples, n, 1, 1]. Names of tensors are those of the program's checkpoints.
"""
import json

import torch
import torch.nn.functional as F
from torch import nn


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class OfVector(nn.Module):
    """Gives a layer the features one after the other; they keep their shape, or become a vector."""

    def __init__(self, inner, keeps_shape=True):
        super().__init__()
        self.inner, self.keeps_shape = inner, keeps_shape

    def forward(self, x):
        y = self.inner(x.flatten(1))
        return y.reshape(x.shape) if self.keeps_shape else y[:, :, None, None]


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        y = self.inner(x)
        assert y.shape == x.shape, f"a residual block made {tuple(y.shape)} of {tuple(x.shape)}"
        return x + y


class Synapse(nn.Module):
    """y_i = α_i x_e(i) Π_j (1 − β_ij x_j), for each product of a sample or, coupled, for the whole batch."""

    def __init__(self, inputs, outputs, excitatory, over, semantics, beta, alpha, diagonal):
        super().__init__()
        self.over, self.semantics, self.beta_kind, self.alpha_kind, self.diagonal = over, semantics, beta, alpha, diagonal
        self.excitatory = list(range(outputs)) if excitatory == "first" else list(excitatory)
        assert len(self.excitatory) == outputs and all(0 <= e < inputs for e in self.excitatory)
        assert semantics in ("per-sample", "batch-coupled") and diagonal in ("keep", "zero")
        self.weight = nn.Parameter(torch.zeros(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))  # unused, as in the original
        if alpha != "one":
            self.alpha = nn.Parameter(torch.zeros(outputs))

    def beta(self):
        shape = {"free": lambda w: w, "sigmoid": torch.sigmoid, "clamp": lambda w: w.clamp(0, 1 - 1e-6)}
        beta = shape[self.beta_kind](self.weight)
        if self.diagonal == "keep":
            return beta
        own = torch.zeros(beta.shape, dtype=torch.bool)
        own[torch.arange(len(self.excitatory)), self.excitatory] = True
        return beta.masked_fill(own, 0)

    def strength(self):
        return {"one": lambda: 1, "exp": lambda: self.alpha.exp(), "softplus": lambda: F.softplus(self.alpha)}[
            self.alpha_kind]()

    def forward(self, x):
        samples, _, rows, columns = x.shape
        # [samples, products of a sample, inputs of a product]
        z = {"features": lambda: x.flatten(1)[:, None],
             "channels": lambda: x.flatten(2).transpose(1, 2),
             "positions": lambda: x.flatten(2)}[self.over]()
        product = torch.prod(1 - self.beta() * z[:, :, None, :], 3)
        if self.semantics == "batch-coupled":  # one factor for each output
            product = product.prod(1, keepdim=True).prod(0, keepdim=True)
        y = self.strength() * z[:, :, self.excitatory] * product
        if self.over == "channels":
            return y.transpose(1, 2).reshape(samples, -1, rows, columns)
        if len(self.excitatory) == z.shape[2]:
            return y.reshape(x.shape)
        return y.reshape(samples, -1, 1, 1) if self.over == "features" else y[:, :, :, None]


class SynaRnn(nn.Module):
    """Row by row (channel by channel), h ← h ∘ (1 − f) + f ∘ e ∘ q, where q inhibits; gives 4 h_T − 2."""

    def __init__(self, columns, states, inhibition):
        super().__init__()
        self.states, self.inhibition = states, inhibition
        for gate in "ef":
            self.register_parameter(f"weight_i{gate}", nn.Parameter(torch.zeros(states, columns)))
            self.register_parameter(f"weight_h{gate}", nn.Parameter(torch.zeros(states, states)))
            self.register_parameter(f"bias_{gate}", nn.Parameter(torch.zeros(states)))
        if inhibition != "none":
            self.weight = nn.Parameter(torch.zeros(states, states))

    def inhibit(self, h):
        return {"synapse": lambda: torch.prod(1 - torch.sigmoid(self.weight) * h[:, None, :], 2),
                "dense": lambda: torch.sigmoid(h @ self.weight.T),
                "none": lambda: 1}[self.inhibition]()

    def forward(self, x):
        h = torch.full((x.shape[0], self.states), 0.1, dtype=x.dtype)
        for z in x.flatten(1, 2).unbind(1):
            e = torch.sigmoid(z @ self.weight_ie.T + h @ self.weight_he.T + self.bias_e)
            f = torch.sigmoid(z @ self.weight_if.T + h @ self.weight_hf.T + self.bias_f)
            h = h * (1 - f) + f * e * self.inhibit(h)
        return (4 * h - 2)[:, :, None, None]


class Keys:
    """The keys of a JSON object: each is asked for once, with its default where it has one; none may be left over."""

    def __init__(self, content, where):
        self.content, self.where = dict(content), where

    def take(self, key, *default):
        assert key in self.content or default, f'{self.where}: "{key}" is missing'
        return self.content.pop(key, *default)

    def finish(self):
        assert not self.content, f"{self.where}: unknown keys {sorted(self.content)}"


def conv2d(net, keys, x):
    return nn.Conv2d(x.shape[1], keys.take("out"), keys.take("kernel"), keys.take("stride", 1), keys.take("padding", 0),
                     groups=keys.take("groups", 1), bias=keys.take("bias", True))


def linear(net, keys, x):
    out = keys.take("out")
    out = net.classes if out == "classes" else out
    return OfVector(nn.Linear(x[0].numel(), out, bias=keys.take("bias", True)), keeps_shape=False)


def pool(kind):
    def make(net, keys, x):
        kernel = keys.take("kernel")
        return kind(kernel, keys.take("stride", kernel))

    return make


def synapse(net, keys, x):
    over = keys.take("over", "features")
    inputs = {"features": x[0].numel(), "channels": x.shape[1], "positions": x.shape[2] * x.shape[3]}[over]
    excitatory = keys.take("excitatory", "first")
    outputs = keys.take("out", inputs if excitatory == "first" else len(excitatory))
    return Synapse(inputs, outputs, excitatory, over,
                   keys.take("semantics", "per-sample"), keys.take("beta", "free"), keys.take("alpha", "one"),
                   keys.take("diagonal", "keep"))


def softmax(net, keys, x):
    temperature, scale = keys.take("temperature", 1), keys.take("scale", 1)
    return OfVector(Function(lambda v: scale * F.softmax(v / temperature, 1)))


def clamp(net, keys, x):
    least, most = keys.take("min", 0), keys.take("max", 1)
    return Function(lambda v: v.clamp(least, most))


KINDS = {
    "conv2d": conv2d,
    "max_pool2d": pool(nn.MaxPool2d),
    "avg_pool2d": pool(nn.AvgPool2d),
    "global_max_pool2d": lambda net, keys, x: nn.AdaptiveMaxPool2d(1),
    "global_avg_pool2d": lambda net, keys, x: nn.AdaptiveAvgPool2d(1),
    "linear": linear,
    "batch_norm1d": lambda net, keys, x: OfVector(nn.BatchNorm1d(x[0].numel())),
    "batch_norm2d": lambda net, keys, x: nn.BatchNorm2d(x.shape[1]),
    "relu": lambda net, keys, x: nn.ReLU(),
    "sigmoid": lambda net, keys, x: nn.Sigmoid(),
    "tanh": lambda net, keys, x: nn.Tanh(),
    "glu": lambda net, keys, x: nn.GLU(1),
    "clamp": clamp,
    "dropout": lambda net, keys, x: nn.Dropout(keys.take("p")),
    "dropout2d": lambda net, keys, x: nn.Dropout2d(keys.take("p")),
    "softmax": softmax,
    "log_softmax": lambda net, keys, x: OfVector(nn.LogSoftmax(1)),
    "syna_rnn": lambda net, keys, x: SynaRnn(x.shape[3], keys.take("out"), keys.take("inhibition", "synapse")),
    "synapse": synapse,
}
NAMED = ("conv2d", "linear", "batch_norm1d", "batch_norm2d", "syna_rnn", "synapse")


class Net(nn.Module):
    """The network of a model file, for images of rows × columns and a number of classes; in float64.

    seen: what the last forward() made, by the name under which a layer exposes it.
    """

    def __init__(self, text, rows, columns, classes):
        super().__init__()
        self.classes, self.named, self.seen = classes, {}, {}
        keys = Keys(json.loads(text), "the file")
        assert keys.take("format") == "synann-model-1"
        self.id = keys.take("id")
        image = Keys(keys.take("input", {}), "input")
        self.mean, self.deviation = image.take("scale", [0.1307, 0.3081])
        image.finish()
        layers = keys.take("layers")
        self.says_what = '"exposes"' in text  # otherwise layers with a name expose it
        assert layers[-1]["kind"] == "log_softmax", "the last layer is log_softmax"
        for about in ("title", "help", "training"):
            keys.take(about, None)
        keys.finish()
        self.body, result = self.sequence(layers, torch.zeros(2, 1, rows, columns))
        assert result[0].numel() == classes
        self.double()

    def sequence(self, layers, x):
        """The layers one after the other, and what they make of the example x: that tells the shapes."""
        built = nn.Sequential()
        for content in layers:
            keys = Keys(content, str(content))
            kind = keys.take("kind")
            name = keys.take("name") if kind in NAMED else None
            exposes = keys.take("exposes", None if self.says_what else name)
            layer = Residual(self.sequence(keys.take("layers"), x)[0]) if kind == "residual" else KINDS[kind](self, keys, x)
            keys.finish()
            if name is not None:
                assert name not in self.named, f"{name} is used twice"
                self.named[name] = layer.inner if isinstance(layer, OfVector) else layer
            if exposes is not None:
                layer.register_forward_hook(lambda _, __, y, exposes=exposes: self.seen.update({exposes: y}))
            built.append(layer)
            with torch.no_grad():
                x = layer.eval()(x)
        return built, x

    def without_dropout(self):
        for layer in self.modules():
            if isinstance(layer, (nn.Dropout, nn.Dropout2d)):
                layer.p = 0
        return self

    def forward(self, x):
        return self.body(x).flatten(1)

    def tensors(self):
        """{name as in a checkpoint: parameter or buffer}"""
        return {f"{name}.{key}": tensor for name, layer in self.named.items()
                for key, tensor in layer.state_dict(keep_vars=True).items()}
