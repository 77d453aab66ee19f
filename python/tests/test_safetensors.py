# SPDX-License-Identifier: GPL-3.0-or-later
"""The reader and writer of safetensors."""
import json
import random
import struct

import numpy as np
import pytest

import synann
from conftest import one_sentence

F32 = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def file_of(header, tensors=b"\0" * 8, length=None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + tensors


def test_every_type_comes_back_as_it_was_written(tmp_path):
    arrays = {str(t): np.arange(6).reshape(2, 3).astype(t) for t in
              ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?")}
    arrays["scalar"], arrays["empty"] = np.array(7, "i8"), np.zeros((0, 3), "f4")
    synann.write_safetensors(tmp_path / "a", arrays, {"format": "pt"})
    metadata, found = synann.read_safetensors(tmp_path / "a")
    assert metadata == {"format": "pt"}
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


def test_big_endian_and_column_order_are_written_as_the_format_asks(tmp_path):
    array = np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3))
    synann.write_safetensors(tmp_path / "a", {"x": array})
    assert (synann.read_safetensors(tmp_path / "a")[1]["x"] == array).all()


def test_bfloat16_becomes_the_same_float32():
    bits = np.array([0x3F80, 0xC000, 0x7F80], "<u2")
    data = file_of({"x": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}, bits.tobytes())
    assert synann.parse_safetensors(data, "x")[1]["x"].tolist() == [1.0, -2.0, np.inf]


def test_the_reference_implementation_reads_what_is_written_and_writes_what_is_read(tmp_path):
    reference = pytest.importorskip("safetensors.numpy", reason="the package safetensors is missing")
    arrays = {"a.weight": np.random.default_rng(1).normal(size=(3, 4)).astype("f4"), "n": np.array(3)}
    synann.write_safetensors(tmp_path / "ours", arrays, {"k": "v"})
    assert all((reference.load_file(tmp_path / "ours")[k] == v).all() for k, v in arrays.items())
    reference.save_file(arrays, tmp_path / "theirs", {"k": "v"})
    assert (tmp_path / "theirs").read_bytes() == (tmp_path / "ours").read_bytes()


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path):
    synann.write_safetensors(tmp_path / "a", {"x": np.zeros(1)})
    before = (tmp_path / "a").read_bytes()
    with pytest.raises(synann.SynannError):
        synann.write_safetensors(tmp_path / "a", {"x": np.array(["text"])})
    assert (tmp_path / "a").read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a"]


HOSTILE = {
    "empty": b"",
    "header beyond the file": file_of({"x": F32}, length=1 << 40),
    "header beyond the limit": struct.pack("<Q", 2**63) + b"{}",
    "no JSON": file_of(b"{nonsense"),
    "not UTF-8": file_of(b'{"\xff": 1}'),
    "no object": file_of([1]),
    "a name twice": file_of(b'{"x":%s,"x":%s}' % ((json.dumps(F32).encode(),) * 2)),
    "NaN": file_of(b'{"__metadata__":{},"x":NaN}'),
    "deep": file_of(b"[" * 100000),
    "long number": file_of(b'{"x":' + b"9" * 5000 + b"}"),
    "metadata of numbers": file_of({"__metadata__": {"a": 1}, "x": F32}),
    "entry is a list": file_of({"x": [1]}),
    "no shape": file_of({"x": {"dtype": "F32", "data_offsets": [0, 8]}}),
    "unknown type": file_of({"x": {**F32, "dtype": "C64"}}),
    "type is a number": file_of({"x": {**F32, "dtype": 3}}),
    "negative side": file_of({"x": {**F32, "shape": [-2]}}),
    "true as a side": file_of({"x": {**F32, "shape": [True, 2]}}),
    "side beyond all": file_of({"x": {**F32, "shape": [2**70]}}),
    "no numbers in a huge shape": file_of({"x": {**F32, "shape": [0, 2**62, 2**62], "data_offsets": [0, 0]}}, b""),
    "many dimensions": file_of({"x": {**F32, "shape": [1] * 65 + [2]}}),
    "three offsets": file_of({"x": {**F32, "data_offsets": [0, 4, 8]}}),
    "descending offsets": file_of({"x": {**F32, "data_offsets": [8, 0]}}),
    "length does not fit": file_of({"x": {**F32, "shape": [3]}}),
    "hole": file_of({"x": {**F32, "data_offsets": [8, 16]}}, b"\0" * 16),
    "overlap": file_of({"x": F32, "y": F32}),
    "cut off": file_of({"x": F32}, b"\0" * 7),
    "bytes behind": file_of({"x": F32}, b"\0" * 9),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_is_told_in_one_sentence(name, tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(HOSTILE[name])
    with pytest.raises(synann.SynannError) as error:
        synann.read_checkpoint(tmp_path / "bad.safetensors")
    assert "bad.safetensors" in one_sentence(error.value)


def test_no_folder_pipe_or_missing_file_is_read(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none", "nul\0byte"):
        with pytest.raises(synann.SynannError):
            synann.read_safetensors(path)


def test_any_damage_is_an_error_of_ours_or_other_numbers():
    whole = file_of({"__metadata__": {"a": "b"}, "x": F32, "y": {"dtype": "I64", "shape": [], "data_offsets": [8, 16]}},
                    b"\0" * 16)
    dice = random.Random(1)
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        if dice.random() < 0.3:
            del data[dice.randrange(len(data)) :]
        try:
            synann.parse_safetensors(bytes(data), "x")
        except synann.SynannError as error:
            one_sentence(error)
