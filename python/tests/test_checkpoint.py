# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints, and the optimiser's state beside them."""
import json
import shutil

import numpy as np
import pytest

import synann
from conftest import one_sentence


def test_a_checkpoint_says_where_its_run_stands(small_run):
    c = synann.read_checkpoint(small_run / "last.safetensors")
    run = synann.open_run(small_run)
    assert (c.model, c.rows, c.columns, c.classes, c.epoch, c.step, c.seed) == ("syna-cnn", 28, 28, 10, 3, 0, 5)
    assert c.format == "synann-checkpoint-2" and not c.is_bare and c.data_sha256 == run.start.data_sha256
    assert c.best_epoch == run.best["epoch"] and c.best_loss == run.best["test_loss"]
    assert {k: v for k, v in run.settings.items() if k != "data"} == c.settings
    assert c.definition == run.definition == synann.ready_model("syna-cnn").with_synapse(
        semantics="per-sample", beta="free", alpha="one", diagonal="keep")


def test_the_optimisers_state_has_a_momentum_for_each_trained_tensor(small_run):
    c = synann.read_checkpoint(small_run / "last.safetensors")
    state = c.optimizer_state()
    assert "fcn.weight.momentum_buffer" in state and "fcb.running_mean.momentum_buffer" not in state
    for name, momentum in state.items():
        assert momentum.shape == c.tensors[name.rsplit(".", 1)[0]].shape


def test_another_optimisers_file_is_not_taken(small_run, tmp_path):
    shutil.copytree(small_run, tmp_path / "copy")
    c = synann.read_checkpoint(tmp_path / "copy" / "last.safetensors")
    path = tmp_path / "copy" / c.optimizer_file
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\1")
    with pytest.raises(synann.SynannError, match="is not the file it is named for"):
        c.optimizer_state()
    path.unlink()
    with pytest.raises(synann.SynannError, match="cannot be read"):
        c.optimizer_state()


GOOD = {"format": "pt", "synann.format": "synann-checkpoint-2", "synann.optimizer": "none", "model": "linear",
        "settings": "{}", "data_sha256": "", "rows": "28", "columns": "28", "classes": "10", "seed": "5", "epoch": "1",
        "step": "0", "epoch_loss_sum": "0", "best_epoch": "0", "best_correct": "0", "best_loss": "0"}


def checkpoint(folder, **changed):
    path = folder / "bad.safetensors"
    metadata = {k: v for k, v in {**GOOD, **{k.replace("_dot_", "."): v for k, v in changed.items()}}.items() if v is not None}
    synann.write_safetensors(path, {"x": np.zeros(1, "f4")}, metadata)
    return path


def test_the_good_one_is_read(tmp_path):
    assert synann.read_checkpoint(checkpoint(tmp_path)).definition.id == "linear"


HOSTILE = {
    "a later format": {"synann_dot_format": "synann-checkpoint-9", "synann_dot_needs": "7.1"},
    "settings of NaN": {"settings": '{"lr":NaN}'}, "settings of a list": {"settings": "[]"},
    "settings cut off": {"settings": '{"lr":'}, "no settings": {"settings": None},
    "rows of text": {"rows": "many"}, "rows of a million": {"rows": "1000000"}, "no rows": {"rows": None},
    "epoch 0": {"epoch": "0"}, "step of a fraction": {"step": "1.5"}, "digits of thousands": {"epoch": "9" * 5000},
    "loss of text": {"best_loss": "low"}, "no model": {"model": None},
    "class names of numbers": {"class_names": "[1,2]"}, "too few class names": {"class_names": '["a"]'},
    "optimiser elsewhere": {"synann_dot_optimizer": "../../etc/passwd"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_is_told_in_one_sentence(name, tmp_path):
    path = checkpoint(tmp_path, **HOSTILE[name])
    with pytest.raises(synann.SynannError) as error:
        synann.read_checkpoint(path)
    assert "bad.safetensors" in one_sentence(error.value)


MODELS = {
    "unknown model": {"model": "no-such-model"}, "option": {"model": "syna-cnn", "settings": '{"beta":"wild"}'},
    "option of a list": {"model": "syna-cnn", "settings": '{"beta":[]}'},
    "model file of a number": {"settings": '{"model_file":5}'},
    "model file of a later format": {"settings": json.dumps({"model_file": {"format": "synann-model-2"}})},
}


@pytest.mark.parametrize("name", MODELS)
def test_a_network_that_is_not_known_is_told_when_it_is_asked_for(name, tmp_path):
    with pytest.raises(synann.SynannError) as error:
        synann.read_checkpoint(checkpoint(tmp_path, **MODELS[name])).definition
    assert "bad.safetensors" in one_sentence(error.value)
