# SPDX-License-Identifier: GPL-3.0-or-later
"""SynaNN's models in PyTorch for 28 × 28 pixels and ten classes: what the C++ program is compared with.

The networks are those of the package in python/, written from the formulas; nothing of the program's code is in them. Their
numbers are drawn here as they were for the first golden files, which can so be made again.
"""
import json
import math
import os
import struct
import sys
from unittest import mock

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python", "src"))

import synann  # noqa: E402
from synann.torch import Network, Synapse, SynapseRNN  # noqa: E402


def read_safetensors(path):
    """(metadata, {name: tensor})"""
    metadata, tensors = synann.read_safetensors(path)
    return metadata, {name: torch.from_numpy(array) for name, array in tensors.items()}


def write_safetensors(path, tensors, metadata):
    """In the order of `tensors`, byte for byte as the golden files of the tests were written."""
    names = {np.float32: "F32", np.float64: "F64", np.int64: "I64"}
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        array = np.ascontiguousarray(tensor.detach().numpy())
        blob = array.tobytes()
        header[name] = {
            "dtype": names[array.dtype.type],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_mnist(folder, part):
    """part "train" or "t10k": images [N, 28, 28] and labels [N], 8 bit."""
    images, labels = synann.read_images(folder, {"t10k": "test"}.get(part, part))
    return images, labels.astype(np.uint8)


def scale(model, images, dtype):
    definition = synann.ready_model(model)
    x = torch.from_numpy(images.astype(np.float64) / 255)[:, None]
    return ((x - definition.mean) / definition.deviation).to(dtype)


@torch.no_grad()
def draw_synapse(layer):
    n = layer.in_features
    layer.weight.uniform_(-1 / math.sqrt(n), 1 / math.sqrt(n))
    layer.bias.zero_()
    if layer.alpha_kind != "one":
        layer.alpha.zero_()


@torch.no_grad()
def draw_cell(layer):
    for gate in "ef":
        getattr(layer, f"weight_i{gate}").copy_(torch.randn(layer.states, layer.columns) / math.sqrt(layer.columns))
        getattr(layer, f"weight_h{gate}").copy_(torch.randn(layer.states, layer.states) / math.sqrt(layer.states))
        getattr(layer, f"bias_{gate}").zero_()
    if layer.inhibition != "none":
        layer.weight.copy_(torch.randn(layer.states, layer.states) - 3)


class Net(Network):
    """One of the program's models by its name."""

    def __init__(self, model, options=None):
        definition = synann.ready_model(model)
        if model.startswith("syna-") and model != "syna-rnn" and options:
            options = {"semantics" if key == "synapse" else key: value for key, value in options.items()}
            definition = definition.with_synapse(**options)
        with mock.patch.object(Synapse, "reset_parameters", draw_synapse), \
             mock.patch.object(SynapseRNN, "reset_parameters", draw_cell):
            super().__init__(definition)

    def forward(self, x, drop=True, seen=None):
        for layer in self.modules():
            if isinstance(layer, (nn.Dropout, nn.Dropout2d)):
                layer.train(drop and self.training)
        if seen is None:
            return super().forward(x)
        found = {}
        y = self.run(x, found)
        for name, value in found.items():  # pictures as they are, all else as a vector
            seen[name] = value if name in ("conv1", "conv2", "pixels") else value.flatten(1)
        return y


def evaluate(net, model, folder, dtype=torch.float32, batch=100):
    """(mean loss, correct) on MNIST's test set, in its order."""
    images, labels = read_mnist(folder, "t10k")
    net = net.to(dtype).eval()
    loss, correct = 0.0, 0
    with torch.no_grad():
        for k in range(0, len(images), batch):
            target = torch.from_numpy(labels[k : k + batch].astype(np.int64))
            log_probs = net(scale(model, images[k : k + batch], dtype))
            loss += F.nll_loss(log_probs, target, reduction="sum").item()
            correct += int((log_probs.argmax(1) == target).sum())
    return loss / len(images), correct
