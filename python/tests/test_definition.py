# SPDX-License-Identifier: GPL-3.0-or-later
"""Model files, and the models that come with the program."""
import json

import pytest

import synann
from conftest import REPOSITORY, one_sentence


def model(*layers, **changed):
    end = [{"kind": "linear", "name": "end", "out": "classes"}, {"kind": "log_softmax"}]
    return {"format": "synann-model-1", "id": "m", "layers": [*layers, *end], **changed}


def parse(content):
    return synann.parse_model(content if isinstance(content, bytes) else json.dumps(content).encode(), "m.json")


def test_the_ready_models_are_those_of_the_program(synann_says):
    assert sorted(line.split()[0] for line in synann_says("model", "list").splitlines()) == synann.ready_models()


@pytest.mark.parametrize("id", synann.ready_models())
def test_a_ready_model_is_what_the_program_writes(id, synann_says, tmp_path):
    synann_says("model", "write", id, "--out", tmp_path / "m.json")
    ours = REPOSITORY / "python" / "src" / "synann" / "models" / f"{id}.json"
    assert ours.read_bytes() == (tmp_path / "m.json").read_bytes()
    assert synann.ready_model(id) == synann.read_model(tmp_path / "m.json")


@pytest.mark.parametrize("id", synann.ready_models())
def test_the_program_reads_what_is_written_here_as_the_same_model(id, synann_says, tmp_path):
    synann.ready_model(id).write(tmp_path / "ours.json")
    assert synann.read_model(tmp_path / "ours.json") == synann.ready_model(id)
    synann_says("model", "write", tmp_path / "ours.json", "--out", tmp_path / "back.json")
    assert (tmp_path / "back.json").read_bytes() == (
        REPOSITORY / "python" / "src" / "synann" / "models" / f"{id}.json").read_bytes()


@pytest.mark.parametrize("path", sorted((REPOSITORY / "tests" / "models").glob("*.json")), ids=lambda p: p.stem)
def test_the_model_files_of_the_programs_tests_are_read(path):
    assert synann.read_model(path).layers


def test_options_go_to_the_synapse_layers_inside_blocks_too():
    m = parse(model({"kind": "residual", "layers": [{"kind": "synapse", "name": "s"}]})).with_synapse(beta="sigmoid")
    assert m.layers[0]["layers"][0]["beta"] == "sigmoid"
    with pytest.raises(synann.SynannError, match="no synapse layer"):
        synann.ready_model("linear").with_synapse(beta="sigmoid")
    with pytest.raises(synann.SynannError, match="free, sigmoid, clamp"):
        synann.ready_model("syna-cnn").with_synapse(beta="wild")


HOSTILE = {
    "no JSON": b"{", "NaN": b'{"format":"synann-model-1","id":"m","input":{"scale":[NaN,1]}}', "a list": b"[]",
    "a key twice": b'{"format":"synann-model-1","format":"synann-model-1"}',
    "another format": {"format": "x"}, "no id": model(id=""), "id of capitals": model(id="M"), "unknown key": model(colour=1),
    "no layers": model(layers=[]), "layers of a text": model(layers="conv"), "a layer of a number": model(5),
    "no end": model(layers=[{"kind": "relu"}]), "two ends": model({"kind": "log_softmax"}),
    "unknown kind": model({"kind": "attention"}), "no kind": model({"name": "a"}),
    "no name": model({"kind": "batch_norm1d"}), "name of points": model({"kind": "batch_norm1d", "name": ".a"}),
    "name twice": model({"kind": "batch_norm1d", "name": "end"}), "unknown key of a layer": model({"kind": "relu", "p": 1}),
    "kernel 0": model({"kind": "max_pool2d", "kernel": 0}),
    "kernel of a fraction": model({"kind": "max_pool2d", "kernel": 1.5}),
    "p of 1": model({"kind": "dropout", "p": 1}), "bias of 1": model({"kind": "linear", "name": "a", "out": 1, "bias": 1}),
    "word": model({"kind": "synapse", "name": "a", "beta": "wild"}),
    "excitatory of -1": model({"kind": "synapse", "name": "a", "excitatory": [-1]}),
    "excitatory of nothing": model({"kind": "synapse", "name": "a", "excitatory": []}),
    "clamp": model({"kind": "clamp", "min": 1, "max": 0}), "empty block": model({"kind": "residual", "layers": []}),
    "exposed twice": model({"kind": "relu", "exposes": "a"}, {"kind": "relu", "exposes": "a"}),
    "scale of 0": model(input={"scale": [0, 0]}), "scale of one": model(input={"scale": [1]}),
    "huge out": model({"kind": "linear", "name": "a", "out": 10**30}), "deep": b"[" * 100000,
    "too large": b" " * (1 << 20) + b"{}{}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_is_told_in_one_sentence(name, tmp_path):
    content = HOSTILE[name]
    (tmp_path / "m.json").write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(synann.SynannError) as error:
        synann.read_model(tmp_path / "m.json")
    assert "m.json" in one_sentence(error.value)


def test_blocks_nested_too_deeply_are_refused():
    block = {"kind": "relu"}
    for _ in range(200):
        block = {"kind": "residual", "layers": [block]}
    with pytest.raises(synann.SynannError, match="nested too deeply"):
        parse(model(block))
