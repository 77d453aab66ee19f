# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a golden file (format synann-parity-1, docs/formats.md): one batch and five steps in float64.

  python3 tests/oracle/make_golden.py --mnist FOLDER --model syna-mlp --seed 3 --out FILE
  synann parity FILE
"""
import argparse

import numpy as np
import torch
import torch.nn.functional as F

from synann_torch import Net, read_mnist, scale, write_safetensors

STEPS, BATCH = 5, 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mnist", required=True)
    parser.add_argument("--model", default="syna-cnn")
    parser.add_argument("--synapse", default="per-sample", choices=["per-sample", "batch-coupled"])
    parser.add_argument("--beta", default="free", choices=["free", "sigmoid", "clamp"])
    parser.add_argument("--alpha", default="one", choices=["one", "exp", "softplus"])
    parser.add_argument("--diagonal", default="keep", choices=["keep", "zero"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train-offset", type=int, default=0)
    parser.add_argument("--lr", type=float, default=0.012)
    parser.add_argument("--momentum", type=float, default=0.5)
    parser.add_argument("--out", required=True)
    a = parser.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    options = {"synapse": a.synapse, "beta": a.beta, "alpha": a.alpha, "diagonal": a.diagonal}
    net = Net(a.model, options)
    with torch.no_grad():  # running statistics that are not the trivial ones
        for name, buffer in net.named_buffers():
            if "running" in name:
                buffer.copy_(torch.rand_like(buffer) * (0.1 if "mean" in name else 1) + 0.5 * ("var" in name))
    images, labels = read_mnist(a.mnist, "train")

    def batch(first):
        target = torch.from_numpy(labels[first : first + BATCH].astype(np.int64))
        return scale(a.model, images[first : first + BATCH], torch.float64), target

    out = {"param/" + k: (v.clone() if v.shape else v.clone()[None]) for k, v in net.state_dict().items()}
    net = net.double()
    x, target = batch(len(images) - BATCH)  # not one of the step's batches
    out["input"], out["target"] = x.float(), target
    x = x.float().double()
    net.eval()
    out["expect/eval_log_probs"] = net(x)
    net.train()
    start = {k: v.clone() for k, v in net.state_dict().items()}
    seen = {}
    log_probs = net(x, drop=False, seen=seen)
    loss = F.nll_loss(log_probs, target)
    loss.backward()
    out.update({"expect/act/" + k: v for k, v in seen.items()})
    out["expect/log_probs"], out["expect/loss"] = log_probs, loss[None]
    for name, p in net.named_parameters():
        if p.grad is not None:
            out["expect/grad/" + name] = p.grad.clone()
    for kind in ("running_mean", "running_var"):
        for name, buffer in net.named_buffers():
            if name.endswith(kind) and "expect/" + kind not in out:
                out["expect/" + kind] = buffer.clone()
    net.load_state_dict(start)
    optimiser = torch.optim.SGD(net.parameters(), lr=a.lr, momentum=a.momentum)
    losses = []
    for step in range(STEPS):
        x, target = batch(a.train_offset + step * BATCH)
        optimiser.zero_grad()
        loss = F.nll_loss(net(x, drop=False), target)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    for name, value in net.state_dict().items():
        if value.dtype == torch.float64:
            out["expect/after_5_steps/" + name] = value.clone()
    out["expect/step_losses"] = torch.tensor(losses, dtype=torch.float64)
    metadata = {
        "format": "synann-parity-1", "model": a.model, **options, "lr": str(a.lr), "momentum": str(a.momentum),
        "steps": str(STEPS), "train_offset": str(a.train_offset), "batch": str(BATCH), "dropout": "off",
        "computed_by": f"PyTorch {torch.__version__}, float64",
    }
    write_safetensors(a.out, out, metadata)


if __name__ == "__main__":
    main()
