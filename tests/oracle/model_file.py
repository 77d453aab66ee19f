# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of model files (synann-model-1, docs/formats.md) in PyTorch float64, for golden files.

They are those of the package in python/, written from the formulas; nothing of the program's code is in them. Every layer
sees and gives [samples, channels, rows, columns]; a vector of n features is [samples, n, 1, 1].
"""
from unittest import mock

import torch
from torch import nn

from synann_torch import Network, Synapse, SynapseRNN, synann

SynaRnn = SynapseRNN


@torch.no_grad()
def begin_at_zero(layer):
    for parameter in layer.parameters():
        parameter.zero_()


class Net(Network):
    """The network of a model file, for images of rows × columns and a number of classes; in float64.

    seen: what the last forward() made, by the name under which a layer exposes it.
    """

    def __init__(self, text, rows, columns, classes):
        # All numbers are drawn anew: what these two would draw first would move them.
        with mock.patch.object(Synapse, "reset_parameters", begin_at_zero), \
             mock.patch.object(SynapseRNN, "reset_parameters", begin_at_zero):
            super().__init__(synann.parse_model(text.encode(), "the file"), rows, columns, classes)
        self.id, self.mean, self.deviation = self.definition.id, self.definition.mean, self.definition.deviation
        self.named = {layer["name"]: self.layer(layer["name"]) for layer in self.definition.walk() if "name" in layer}
        self.seen = {}
        self.double()

    def without_dropout(self):
        for layer in self.modules():
            if isinstance(layer, (nn.Dropout, nn.Dropout2d)):
                layer.p = 0
        return self

    def forward(self, x):
        return self.run(x, self.seen)

    def tensors(self):
        """{name as in a checkpoint: parameter or buffer}"""
        return {f"{name}.{key}": tensor for name, layer in self.named.items()
                for key, tensor in layer.state_dict(keep_vars=True).items()}
