# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints into modules, and modules into state dicts that the program takes."""
from __future__ import annotations

from typing import Any, Union

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from .._files import PathLike
from ..checkpoint import Checkpoint, read_checkpoint
from ..definition import Definition, ready_model
from ..errors import SynannError, shown
from ..safetensors import write_safetensors
from .network import Network


def load(checkpoint: Union[PathLike, Checkpoint], model: Union[str, Definition, None] = None, *, rows: int = 28,
         columns: int = 28, classes: int = 10) -> Network:
    """The network of a checkpoint, with its numbers, loaded strictly.

    Args:
        checkpoint: a file, or what read_checkpoint() gave.
        model: of a bare state dict only: the id or definition of its network. A checkpoint of the program says itself.
        rows, columns, classes: of a bare state dict only: of its data.

    Returns:
        The network, in evaluation mode: call `.train()` before you train on. The optimiser's state is not loaded
        (`Checkpoint.optimizer_state()` has it); cells of β that the run froze are trained like all others.

    Raises:
        SynannError: the file cannot be read, or its tensors are not exactly those of the network.
    """
    content = checkpoint if isinstance(checkpoint, Checkpoint) else read_checkpoint(checkpoint)
    if content.is_bare:
        if model is None:
            raise SynannError(content.path, "is a bare state dict, which does not say of which model",
                              "the model as load()'s second argument")
        definition = ready_model(model) if isinstance(model, str) else model
    else:
        if model is not None:
            raise SynannError(content.path, "is a checkpoint that says its model itself", "no model as an argument")
        definition = content.definition
        rows, columns, classes = content.rows, content.columns, content.classes
    network = Network(definition, rows, columns, classes)
    load_tensors(network, content.tensors, content.path)
    return network.eval()


def load_tensors(module: nn.Module, tensors: dict[str, npt.NDArray[Any]], where: object = "the tensors") -> None:
    """Copies arrays into a module's state dict, strictly: all of its names, no others, with its shapes.

    Args:
        module: any module.
        tensors: {name: array}, of a checkpoint or a frame of a network.record (which has no counters of batch norm: pass
            `{**checkpoint.tensors, **frame}`).
        where: named in errors.

    Raises:
        SynannError: names the first tensor that is missing, superfluous or of another shape.
    """
    wanted = module.state_dict()
    for name, tensor in wanted.items():
        if name not in tensors:
            raise SynannError(where, f'has no tensor "{shown(name)}"', f"shape {list(tensor.shape)}")
        found = tensors[name].shape
        scalar = tensor.dim() == 0 and found == (1,)
        if tuple(found) != tuple(tensor.shape) and not scalar:
            raise SynannError(where, f'tensor "{shown(name)}" does not fit', f"shape {list(tensor.shape)}", f"{list(found)}")
    if extra := [name for name in tensors if name not in wanted]:
        raise SynannError(where, f'has the tensor "{shown(extra[0])}", which the network does not have')
    module.load_state_dict({name: torch.from_numpy(np.array(tensors[name])).reshape(t.shape) for name, t in wanted.items()},
                           strict=True)


def save(module: nn.Module, path: PathLike) -> None:
    """Writes a module's state dict as a bare safetensors file, which `synann eval`, `import` and `train --resume` take.

    Where the network is not one of the program's with its default options, it is named beside: write
    `module.definition.write("net.json")`, and say `synann eval --model net.json`.

    Args:
        module: any module; one of `build()` or `load()` has the names that the program expects.
        path: the file; one that is there is replaced.

    Raises:
        SynannError: a number is not finite (the program would refuse it), or the file cannot be written.
    """
    arrays = {}
    for name, tensor in module.state_dict().items():
        value = tensor.detach().to("cpu")
        if value.dtype == torch.bfloat16:  # numpy has no such type
            value = value.float()
        arrays[name] = value.contiguous().numpy()
        if value.is_floating_point() and not np.isfinite(arrays[name]).all():
            raise SynannError(path, f'is not written: tensor "{shown(name)}" holds a number that is not finite')
    write_safetensors(path, arrays, {"format": "pt"})
