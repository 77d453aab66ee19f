# SPDX-License-Identifier: GPL-3.0-or-later
"""The synapse layer and the program's networks as PyTorch modules. Needs PyTorch.

    net = synann.torch.load("first-run/best.safetensors")   # strict, in evaluation mode
    log_probs = net(net.scale(images))                        # images [N, rows, columns], bytes
    net = synann.torch.build("syna-pixel", beta="sigmoid")   # fresh numbers
    synann.torch.save(net, "mine.safetensors")                # for synann eval, import, train --resume
"""
try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise ImportError("synann.torch needs PyTorch: pip install torch (https://pytorch.org)") from error

from .files import load, load_tensors, save
from .hub import from_hub, network_from_config
from .network import Network, build
from .synapse import Synapse, SynapseRNN

__all__ = ["Network", "Synapse", "SynapseRNN", "build", "from_hub", "load", "load_tensors", "network_from_config", "save"]
