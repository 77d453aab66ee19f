# SPDX-License-Identifier: GPL-3.0-or-later
"""What shape a layer makes of its input's, and the module that computes it."""
from __future__ import annotations

import math
from typing import Any, Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import SynannError
from .synapse import Synapse, SynapseRNN

Shape = tuple[int, int, int]  # channels, rows, columns of a sample; a vector is (n, 1, 1)

# Layers that see the features of a sample one after the other; linear makes a vector, the others keep the shape.
OF_VECTOR = ("linear", "batch_norm1d", "softmax", "log_softmax")


class ScaledSoftmax(nn.Module):
    """scale · softmax(x / temperature), of vectors [batch, n]."""

    def __init__(self, temperature: float, scale: float) -> None:
        super().__init__()
        self.temperature, self.scale = temperature, scale

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * F.softmax(x / self.temperature, 1)

    def extra_repr(self) -> str:
        return f"temperature={self.temperature}, scale={self.scale}"


class Clamp(nn.Module):
    """min(max(x, least), most), without gradient outside."""

    def __init__(self, least: float, most: float) -> None:
        super().__init__()
        self.least, self.most = least, most

    def forward(self, x: Tensor) -> Tensor:
        return torch.clamp(x, self.least, self.most)

    def extra_repr(self) -> str:
        return f"{self.least}, {self.most}"


def _misfit(where: str, expected: str, found: object) -> SynannError:
    return SynannError(where, "does not fit what comes before it", expected, str(found))


def _windows(layer: dict[str, Any], shape: Shape, channels: int, stride: int, where: str) -> Shape:
    kernel, padding = layer["kernel"], layer.get("padding", 0)
    sides = [(side + 2 * padding - kernel) // stride + 1 for side in shape[1:]]
    if min(sides) < 1:
        raise _misfit(where, f"images of at least {kernel - 2 * padding} × {kernel - 2 * padding} pixels",
                      f"{shape[1]} × {shape[2]}")
    return channels, sides[0], sides[1]


def make_layer(layer: dict[str, Any], shape: Shape, classes: int, where: str) -> tuple[nn.Module, Shape]:
    """The module of a layer of a model file (none of residual), and the shape of its output.

    Args:
        layer: its JSON object, checked.
        shape: of its input.
        classes: number of classes.
        where: for errors.
    """
    kind = layer["kind"]
    if kind in ("conv2d", "max_pool2d", "avg_pool2d"):
        return _make_windows(layer, shape, where)
    if kind == "linear":
        out = classes if layer["out"] == "classes" else layer["out"]
        return nn.Linear(math.prod(shape), out, bias=layer.get("bias", True)), (out, 1, 1)
    if kind == "synapse":
        return _make_synapse(layer, shape, where)
    if kind == "syna_rnn":
        return SynapseRNN(shape[2], layer["out"], layer.get("inhibition", "synapse")), (layer["out"], 1, 1)
    if kind == "glu":
        if shape[0] % 2:
            raise _misfit(where, "an even number of channels or features", shape[0])
        return nn.GLU(1), (shape[0] // 2, shape[1], shape[2])
    if kind.startswith("global_"):
        pool = nn.AdaptiveMaxPool2d(1) if kind == "global_max_pool2d" else nn.AdaptiveAvgPool2d(1)
        return pool, (shape[0], 1, 1)
    return _make_same_shape(layer, shape), shape


def parameter_count(layer: dict[str, Any], shape: Shape, classes: int) -> int:
    """Numbers that a layer trains, about; without those that are few beside its weights."""
    kind, out = layer["kind"], layer.get("out", 0)
    if kind == "conv2d":
        return int(out * max(1, shape[0] // layer.get("groups", 1)) * layer["kernel"] ** 2)
    if kind == "linear":
        return int((classes if out == "classes" else out) * math.prod(shape))
    if kind == "syna_rnn":
        return int(out * (2 * shape[2] + 3 * out))
    if kind != "synapse":
        return 0
    inputs = synapse_inputs(layer, shape)
    excitatory = layer.get("excitatory", "first")
    return int(inputs * (out or (inputs if excitatory == "first" else len(excitatory))))


def synapse_inputs(layer: dict[str, Any], shape: Shape) -> int:
    """Inputs of one product of a synapse layer."""
    sizes = {"features": math.prod(shape), "channels": shape[0], "positions": shape[1] * shape[2]}
    return sizes[layer.get("over", "features")]


def _make_windows(layer: dict[str, Any], shape: Shape, where: str) -> tuple[nn.Module, Shape]:
    kernel = layer["kernel"]
    if layer["kind"] != "conv2d":
        stride = layer.get("stride", kernel)
        kinds = {"max_pool2d": nn.MaxPool2d, "avg_pool2d": nn.AvgPool2d}
        return kinds[layer["kind"]](kernel, stride), _windows(layer, shape, shape[0], stride, where)
    stride, groups = layer.get("stride", 1), layer.get("groups", 1)
    if shape[0] % groups or layer["out"] % groups:
        raise _misfit(where, f"channels in and out that {groups} groups share", f"{shape[0]} and {layer['out']}")
    result = _windows(layer, shape, layer["out"], stride, where)
    return nn.Conv2d(shape[0], layer["out"], kernel, stride, layer.get("padding", 0), groups=groups,
                     bias=layer.get("bias", True)), result


def _make_synapse(layer: dict[str, Any], shape: Shape, where: str) -> tuple[nn.Module, Shape]:
    over, inputs = layer.get("over", "features"), synapse_inputs(layer, shape)
    excitatory: Union[str, list[int]] = layer.get("excitatory", "first")
    options = {key: layer[key] for key in ("beta", "alpha", "diagonal", "semantics", "over") if key in layer}
    try:
        module = Synapse(inputs, layer.get("out"), excitatory=excitatory, **options)
    except SynannError as error:
        raise _misfit(where, error.expected, error.problem) from None
    outputs = module.out_features
    if outputs == inputs:
        return module, shape
    return module, {"features": (outputs, 1, 1), "channels": (outputs, shape[1], shape[2]),
                    "positions": (shape[0], outputs, 1)}[over]


def _make_same_shape(layer: dict[str, Any], shape: Shape) -> nn.Module:
    kind = layer["kind"]
    if kind == "batch_norm1d":
        return nn.BatchNorm1d(math.prod(shape))
    if kind == "batch_norm2d":
        return nn.BatchNorm2d(shape[0])
    if kind == "dropout":
        return nn.Dropout(layer["p"])
    if kind == "dropout2d":
        return nn.Dropout2d(layer["p"])
    if kind == "softmax":
        return ScaledSoftmax(layer.get("temperature", 1), layer.get("scale", 1))
    if kind == "clamp":
        return Clamp(layer.get("min", 0), layer.get("max", 1))
    plain: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}
    return plain[kind]() if kind in plain else nn.LogSoftmax(1)
