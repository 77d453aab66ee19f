# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes golden files (format synann-parity-1, docs/formats.md) of model files (synann-model-1), with PyTorch in float64.

  python3 tests/oracle/model_file_golden.py --model FILE --rows 6 --columns 5 --out GOLDEN    # random images
  python3 tests/oracle/model_file_golden.py --model FILE --mnist FOLDER --out GOLDEN          # MNIST, and five steps
  python3 tests/oracle/model_file_golden.py --all tests/models                                # the golden files of the tests
  synann parity GOLDEN

A golden file has its model file in it, word for word, as the metadata "model_file". Parameters are drawn so that every
option shows: β below 0 and above 1 where it is clamped, weights and running statistics of batch norm other than those
they start with. Dropout is off. The files of the tests hold the results in 32 bits, to be small.
"""
import argparse
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from model_file import Net, SynaRnn, Synapse
from synann_torch import read_mnist, write_safetensors

STEPS, RATE, MOMENTUM = 5, 0.012, 0.5
SIZES = {  # rows, columns and batch of --all where they are not 6, 5 and 5
    "conv2d-many-channels": (9, 8, 13),
    "odd-residual": (6, 7, 4),
    "odd-two-synapses": (9, 7, 6),
    "odd-recurrent": (12, 9, 5),
    "odd-recurrent-coupled": (12, 9, 4),
    "synapse-wide": (7, 6, 17),
    "synapse-channels-wide": (4, 6, 5),
}


def interval(layer, name, tensor):
    """Where the numbers of a tensor are drawn from."""
    fan_in = tensor[0].numel() if tensor.dim() > 1 else tensor.numel()
    spread = 1 / math.sqrt(fan_in)
    if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        return {"weight": (0.5, 1.5), "bias": (-0.5, 0.5), "running_mean": (-0.2, 0.3), "running_var": (0.3, 1.3)}[name]
    if isinstance(layer, nn.Linear) and name == "weight":
        return -2 * spread, 2 * spread
    if isinstance(layer, SynaRnn) and name.startswith("weight_i"):
        return -3 * spread, 3 * spread
    if isinstance(layer, SynaRnn) and name == "bias_f":
        return -1.5, 0
    coupled = isinstance(layer, Synapse) and layer.semantics == "batch-coupled"
    centre = -math.log(fan_in) - (3 if coupled else 0)  # σ of it is about 1 / n, or less: products do not vanish
    if isinstance(layer, SynaRnn) and name == "weight" and layer.inhibition == "synapse":
        return centre - 1, centre + 1
    if isinstance(layer, Synapse) and name == "alpha":
        return (-0.5, 0.5) if layer.alpha_kind == "exp" else (0, 1)
    if isinstance(layer, Synapse) and name == "weight" and layer.beta_kind == "sigmoid":
        return centre - 1, centre + 1
    if isinstance(layer, Synapse) and name == "weight" and layer.beta_kind == "clamp":
        return (-0.1, 0.2) if coupled else (-0.5, 1.2)
    if coupled and name == "weight":
        return -spread / 5, spread / 5
    return -spread, spread


def randomise(net):
    with torch.no_grad():
        for layer in net.named.values():
            for name, tensor in layer.state_dict(keep_vars=True).items():
                if name != "num_batches_tracked":
                    least, most = interval(layer, name, tensor)
                    tensor.copy_((torch.rand(tensor.shape) * (most - least) + least).float())  # 32-bit numbers


def check(out):
    """A network that is certain of its answers, or says the same of every image, would agree by whatever it computed."""
    for name in ("expect/log_probs", "expect/eval_log_probs"):
        assert out[name].min() > -10 and out[name].std(0).max() > 1e-3, f"{name}: draw other numbers"


def one_batch(net, x, target):
    """The tensors of a golden file but the steps; leaves running statistics moved once."""
    out = {"param/" + k: v.detach().float() if v.shape else v.detach()[None].clone() for k, v in net.tensors().items()}
    out["input"], out["target"] = x.float(), target
    x = x.float().double()
    net.eval()
    with torch.no_grad():
        out["expect/eval_log_probs"] = net(x)
    net.train()
    log_probs = net(x)
    loss = F.nll_loss(log_probs, target)
    loss.backward()
    out.update({"expect/act/" + k: v.detach().clone() for k, v in net.seen.items()})
    out["expect/log_probs"], out["expect/loss"] = log_probs.detach(), loss.detach()[None]
    for name, tensor in net.tensors().items():
        if isinstance(tensor, nn.Parameter) and tensor.grad is not None:
            out["expect/grad/" + name] = tensor.grad.clone()
        if name.endswith((".running_mean", ".running_var")):
            out["expect/running/" + name] = tensor.clone()
    check(out)
    return out


def five_steps(net, batch):
    """SGD from the parameters that net has; batch(step) gives input and target."""
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    losses = []
    for step in range(STEPS):
        x, target = batch(step)
        optimiser.zero_grad()
        loss = F.nll_loss(net(x), target)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    out = {"expect/after_5_steps/" + k: v.detach().clone() for k, v in net.tensors().items() if v.dtype == torch.float64}
    out["expect/step_losses"] = torch.tensor(losses, dtype=torch.float64)
    return out


def write(model_file, path, rows, columns, batch, classes, seed, mnist=None, small=False):
    with open(model_file, encoding="utf-8") as file:
        text = file.read()
    torch.manual_seed(seed)
    images, labels = read_mnist(mnist, "train") if mnist else (None, None)
    if mnist:
        rows, columns, classes = *images.shape[1:], 10
    net = Net(text, rows, columns, classes).without_dropout()
    randomise(net)

    def of_mnist(first):
        pixels = torch.from_numpy(images[first : first + batch].astype(np.float64) / 255)[:, None]
        return (pixels - net.mean) / net.deviation, torch.from_numpy(labels[first : first + batch].astype(np.int64))

    start = {k: v.detach().clone() for k, v in net.tensors().items()}
    if mnist:
        out = one_batch(net, *of_mnist(len(images) - batch))  # not one of the steps' batches
        with torch.no_grad():
            for name, tensor in net.tensors().items():
                tensor.copy_(start[name])
        out.update(five_steps(net, lambda step: of_mnist(step * batch)))
    else:
        out = one_batch(net, 2 * torch.rand(batch, 1, rows, columns) - 1, torch.randint(classes, (batch,)))
    metadata = {"format": "synann-parity-1", "model": net.id, "model_file": text, "synapse": "per-sample", "dropout": "off",
                "computed_by": f"PyTorch {torch.__version__}, float64"}
    if small:
        out = {k: v.float() if v.dtype == torch.float64 else v for k, v in out.items()}
    if mnist:
        metadata.update(lr=str(RATE), momentum=str(MOMENTUM), steps=str(STEPS), train_offset="0", batch=str(batch))
    write_safetensors(path, out, metadata)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model")
    parser.add_argument("--out")
    parser.add_argument("--rows", type=int, default=6)
    parser.add_argument("--columns", type=int, default=5)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--classes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mnist", metavar="FOLDER")
    parser.add_argument("--all", metavar="FOLDER", help="golden/NAME.safetensors for each NAME.json there")
    a = parser.parse_args()
    torch.set_num_threads(1)
    if not a.all:
        write(a.model, a.out, a.rows, a.columns, a.batch or (100 if a.mnist else 5), a.classes, a.seed, a.mnist)
        return
    for name in sorted(f[:-5] for f in os.listdir(a.all) if f.endswith(".json")):
        rows, columns, batch = SIZES.get(name, (6, 5, 5))
        write(os.path.join(a.all, name + ".json"), os.path.join(a.all, "golden", name + ".safetensors"), rows, columns,
              batch, a.classes, a.seed, small=True)


if __name__ == "__main__":
    main()
