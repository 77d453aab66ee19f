# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that `synann export --format hub` writes: loaded strictly, by huggingface_hub too, and what is wrong with others."""
import json
import re

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import synann  # noqa: E402
import synann.torch  # noqa: E402


@pytest.fixture(scope="module")
def folder(synann_says, tmp_path_factory):
    run, out = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("hub")
    synann_says("train", "--model", "syna-pixel", "--beta", "sigmoid", "--data", "digits", "--train-count", 400, "--epochs", 1,
                "--out", run)
    synann_says("export", "--checkpoint", run / "last.safetensors", "--format", "hub", "--out", out)
    predictions = out / "said.npz"
    synann_says("export", "--checkpoint", run / "last.safetensors", "--content", "predictions", "--out", predictions)
    synann_says("data", "make", "--out", out / "digits")
    return out


def test_says_what_the_program_says(folder):
    network = synann.torch.from_hub(folder)
    images = synann.read_idx(next((folder / "digits").glob("t10k-images*")))[:200]
    with torch.no_grad():
        log_probs = network(network.scale(images)).numpy()
    np.testing.assert_allclose(log_probs, np.load(folder / "said.npz")["log_probs"][:200], atol=1e-5)


def test_huggingface_hub_loads_it(folder, tmp_path):
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")
    from synann.torch.hub import HubNetwork

    network = HubNetwork.from_pretrained(str(folder), strict=True)
    ours = synann.torch.from_hub(folder).state_dict()
    assert all(torch.equal(tensor, ours[name]) for name, tensor in network.state_dict().items())
    network.save_pretrained(tmp_path)
    again = synann.torch.from_hub(tmp_path).state_dict()
    assert all(torch.equal(tensor, ours[name]) for name, tensor in again.items())


def test_the_reference_reader_takes_the_tensors(folder):
    safetensors = pytest.importorskip("safetensors.torch", reason="safetensors is not installed")
    tensors = safetensors.load_file(folder / "model.safetensors")
    synann.torch.from_hub(folder).load_state_dict(tensors, strict=True)


def test_the_card_tells_the_accuracy_and_runs(folder, monkeypatch):
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "accuracy, value: " in card and "| Learning rate |" in card
    monkeypatch.chdir(folder)
    snippet = re.search(r"```python\n(.*?)```", card, re.DOTALL)
    assert snippet
    names: dict = {}
    exec(snippet.group(1), names)  # noqa: S102: the card's own example
    assert tuple(names["log_probs"].shape) == (1, 10)


@pytest.mark.parametrize("config", ["", "[]", "{}", '{"model": 3, "rows": 28, "columns": 28, "classes": 10}', "[" * 100_000])
def test_other_configurations_are_refused(folder, tmp_path, config):
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(synann.SynannError):
        synann.torch.from_hub(tmp_path)


def test_tensors_of_another_network_are_refused(folder, tmp_path):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["classes"] = 7
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(synann.SynannError):
        synann.torch.from_hub(tmp_path)
