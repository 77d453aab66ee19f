# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs read our checkpoints: the libraries safetensors and huggingface_hub, where python3 has them.

  python3 tests/oracle/read_checkpoints.py RUN-FOLDER...

For each folder: last.safetensors and best.safetensors load with both; the tensors are the state dict and nothing else,
with format "pt"; the optimiser's file that the checkpoint names is there, its digest is the one in its name, and it holds
one momentum for each trained tensor, of its shape. Exit code 0 when all holds, 1 otherwise.
"""
import hashlib
import json
import os
import sys

from huggingface_hub import load_state_dict_from_file
from safetensors import safe_open
from safetensors.torch import load_file

STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


def check(folder, name):
    path = os.path.join(folder, name)
    tensors = load_file(path)
    hub = load_state_dict_from_file(path)
    assert tensors.keys() == hub.keys(), "the two libraries differ"
    assert all((tensors[k] == hub[k]).all() for k in tensors), "the two libraries differ"
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    assert metadata["format"] == "pt", metadata["format"]
    assert metadata["synann.format"] == "synann-checkpoint-2", metadata["synann.format"]
    json.loads(metadata["settings"])
    optimiser = metadata["synann.optimizer"]
    if optimiser == "none":
        return f"{len(tensors)} tensors, no optimiser's state"
    with open(os.path.join(folder, optimiser), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    assert optimiser == f"optimizer-{digest[:16]}.safetensors", "the optimiser's file is not the one it is named for"
    state = load_file(os.path.join(folder, optimiser))
    kinds = {key.rsplit(".", 1)[1] for key in state}
    assert kinds in ({"momentum_buffer"}, {"exp_avg", "exp_avg_sq"}), kinds
    for key, value in state.items():
        parameter = key.rsplit(".", 1)[0]
        assert not parameter.endswith(STATISTICS), f"{parameter} is not trained"
        assert tensors[parameter].shape == value.shape, f"{key} has another shape"
    return f"{len(tensors)} tensors, {len(state)} of the optimiser ({', '.join(sorted(kinds))})"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    failed = 0
    for folder in sys.argv[1:]:
        for name in ("last.safetensors", "best.safetensors"):
            try:
                print(f"ok   {os.path.join(folder, name)}: {check(folder, name)}")
            except (AssertionError, OSError, KeyError, ValueError) as error:
                failed = 1
                print(f"FAIL {os.path.join(folder, name)}: {error}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
