# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's networks as PyTorch modules whose state dicts are its checkpoints'."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ..definition import Definition, ready_model
from ..errors import SynannError
from .shapes import OF_VECTOR, Shape, make_layer, parameter_count

MOST_PARAMETERS = 200_000_000


@dataclass(frozen=True)
class _Step:
    """One layer of the forward pass: the path of its module, or the steps of a residual block."""

    kind: str
    path: tuple[str, ...] = ()
    exposes: str = ""
    block: tuple[_Step, ...] = ()


class Network(nn.Module):
    """A network of layers in their order, for images of one size.

    `state_dict()` has exactly the names and shapes of the program's checkpoints, so that `load_state_dict(…, strict=True)`
    takes them. Layers with a name are submodules of that name (`net.fcn`), those without one of their number in the model
    file (`getattr(net, "2")`); each may be replaced by another module.

    Args:
        definition: the network.
        rows, columns: of the images, pixels.
        classes: number of classes.

    Shapes:
        [batch, 1, rows, columns], scaled (see `scale`), to log-probabilities [batch, classes].

    Attributes:
        definition, rows, columns, classes: as given.

    Raises:
        SynannError: a layer does not fit what comes before it, by number and kind.
    """

    def __init__(self, definition: Definition, rows: int = 28, columns: int = 28, classes: int = 10) -> None:
        super().__init__()
        if min(rows, columns, classes) < 1:
            raise SynannError(definition.id, "cannot be built", "rows, columns and classes of at least 1")
        self.definition, self.rows, self.columns, self.classes = definition, rows, columns, classes
        # Where no layer says what it exposes, each layer with a name exposes its own.
        self._by_name = not any("exposes" in layer for layer in definition.walk())
        self._number = self._size = 0
        self._steps, shape = self._build(definition.layers, (1, rows, columns))
        if shape[0] * shape[1] * shape[2] != classes:
            raise SynannError(definition.id, "does not end with one number for each class", str(classes), f"{shape}")

    def _build(self, layers: Any, shape: Shape) -> tuple[tuple[_Step, ...], Shape]:
        steps = []
        for layer in layers:
            self._number += 1
            where = f"{self.definition.id}, layer {self._number} ({layer['kind']})"
            if layer["kind"] == "residual":
                block, result = self._build(layer["layers"], shape)
                if result != shape:
                    raise SynannError(where, "does not keep the shape", f"{shape}", f"{result}")
                steps.append(_Step("residual", block=block))
                continue
            step, shape = self._add(layer, shape, where)
            steps.append(step)
        return tuple(steps), shape

    def _add(self, layer: dict[str, Any], shape: Shape, where: str) -> tuple[_Step, Shape]:
        number = self._number
        self._size += parameter_count(layer, shape, self.classes)  # before anything is made of that size
        if self._size > MOST_PARAMETERS:
            raise SynannError(where, "makes the network too large", f"at most {MOST_PARAMETERS} parameters")
        module, result = make_layer(layer, shape, self.classes, where)
        name = layer.get("name")
        path = tuple(name.split(".")) if name is not None else (str(number),)
        while name is None and path[0] in self._modules:
            path = (path[0] + "_",)
        self._put(path, module)
        exposes = layer.get("exposes", (name or "") if self._by_name else "")
        return _Step(layer["kind"], path, exposes), result

    def _put(self, path: tuple[str, ...], module: nn.Module) -> None:
        """As add_module(), but takes any name, "train" or "a.b" too; state dicts go by this table alone."""
        place: nn.Module = self
        for part in path[:-1]:
            if part not in place._modules:
                place._modules[part] = nn.Module()
            inner = place._modules[part]
            assert inner is not None
            place = inner
        there = place._modules.get(path[-1])
        if there is not None:  # "a" behind "a.b"
            module._modules.update(there._modules)
        place._modules[path[-1]] = module

    def layer(self, name: str) -> nn.Module:
        """The module of the layer of this name, as in the model file; points in it are no matter."""
        return self._module(tuple(name.split(".")))

    def _module(self, path: tuple[str, ...]) -> nn.Module:
        place: nn.Module | None = self
        for part in path:
            place = place._modules.get(part) if place is not None else None
        if place is None:
            raise KeyError(f"{self.definition.id} has no layer {'.'.join(path)}")
        return place

    def forward(self, x: Tensor) -> Tensor:
        return self.run(x)

    def run(self, x: Tensor, seen: dict[str, Tensor] | None = None) -> Tensor:
        """As forward(); what the layers give that the model exposes goes into `seen` on the way, by its words.

        Vectors are [batch, n, 1, 1] there. Hooks of the network itself are not called.
        """
        return self._run(self._steps, self._checked(x), seen).flatten(1)

    def activations(self, x: Tensor) -> dict[str, Tensor]:
        """What the layers give that the model exposes, by its words: {"conv1": [batch, 10, 12, 12], …}."""
        seen: dict[str, Tensor] = {}
        self.run(x, seen)
        return seen

    def _checked(self, x: Tensor) -> Tensor:
        if x.dim() != 4 or tuple(x.shape[1:]) != (1, self.rows, self.columns):
            raise SynannError(self.definition.id, "does not fit its input", f"[batch, 1, {self.rows}, {self.columns}]",
                              str(list(x.shape)))
        return x

    def _run(self, steps: tuple[_Step, ...], x: Tensor, seen: dict[str, Tensor] | None) -> Tensor:
        for step in steps:
            if step.kind == "residual":
                x = x + self._run(step.block, x, seen)
                continue
            module = self._module(step.path)
            if step.kind in OF_VECTOR:
                y = module(x.flatten(1))
                x = y[:, :, None, None] if step.kind == "linear" else y.reshape(x.shape)
            else:
                x = module(x)
            if seen is not None and step.exposes:
                seen[step.exposes] = x
        return x

    def scale(self, images: Union[npt.NDArray[np.uint8], Tensor], dtype: torch.dtype = torch.float32) -> Tensor:
        """Pixels as the network takes them.

        Args:
            images: [N, rows, columns], bytes from 0 to 255 (or numbers of that range).
            dtype: of the result.

        Returns:
            [N, 1, rows, columns]: (pixel / 255 − mean) / deviation, computed in float64, on the CPU.
        """
        pixels = torch.as_tensor(images).to("cpu", torch.float64) / 255
        return ((pixels - self.definition.mean) / self.definition.deviation)[:, None].to(dtype)


def build(model: Union[str, Definition], rows: int = 28, columns: int = 28, classes: int = 10,
          **synapse_options: str) -> Network:
    """A network with fresh random numbers, drawn from the program's distributions by PyTorch's generator.

    Args:
        model: the id of a model that comes with the program (`synann.ready_models()`), or a definition.
        rows, columns, classes: of the data.
        synapse_options: `semantics`, `beta`, `alpha`, `diagonal` of all of its synapse layers.

    Returns:
        The network, in training mode as any new module.

    Raises:
        SynannError: there is no such model or option, or its layers do not fit images of this size.
    """
    definition = ready_model(model) if isinstance(model, str) else model
    return Network(definition.with_synapse(**synapse_options), rows, columns, classes)
