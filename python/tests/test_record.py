# SPDX-License-Identifier: GPL-3.0-or-later
"""Records: exact frames, cut-off and damaged ones."""
import random
import shutil
import struct
import zlib

import numpy as np
import pytest

import synann
from conftest import one_sentence, record_bytes

FRAMES = [np.random.default_rng(k).normal(size=(20, 30)).astype("f4") for k in range(10)]


@pytest.fixture
def record_file(tmp_path):
    path = tmp_path / "synapses.record"
    path.write_bytes(record_bytes(FRAMES))
    return path


def test_every_frame_comes_back_bit_for_bit_in_any_order(record_file):
    with synann.read_record(record_file) as record:
        assert len(record) == 10 and record.names == ("fcn.weight",)
        assert record.steps.tolist() == list(range(10)) and record.epoch_steps[5] == 1 and record.epochs[5] == 2
        for k in (9, 0, 5, 4, 3, 8, -1):
            assert record.read(k)["fcn.weight"].tobytes() == FRAMES[k].tobytes()
        assert record.all("fcn.weight").tobytes() == np.stack(FRAMES).tobytes()
        assert record.all("fcn.weight", slice(8, 2, -3)).tobytes() == np.stack(FRAMES[8:2:-3]).tobytes()


def test_numbers_that_are_not_finite_stay_the_same_bits(tmp_path):
    odd = np.array([[np.nan, np.inf, -np.inf], [-0.0, 1e-45, 3.4e38]], "f4")
    (tmp_path / "r").write_bytes(record_bytes([np.zeros((2, 3)), odd], (2, 3)))
    assert synann.read_record(tmp_path / "r")[1]["fcn.weight"].tobytes() == odd.tobytes()


def test_frames_are_found_by_step(record_file):
    record = synann.read_record(record_file)
    assert record.at_or_before(4) == 4 and record.at_or_before(99) == 9 and record.at_or_before(-1) is None


def test_what_is_not_there_is_named(record_file):
    record = synann.read_record(record_file)
    with pytest.raises(IndexError):
        record.read(10)
    with pytest.raises(KeyError, match="fcn.weight"):
        record.all("fc1.weight")


def test_a_cut_off_last_frame_is_left_out_with_a_warning(record_file):
    whole = record_file.read_bytes()
    for cut in (1, 20, 60):
        record_file.write_bytes(whole[:-cut])
        with pytest.warns(synann.SynannWarning, match="cut off"):
            record = synann.read_record(record_file)
        assert len(record) == 9 and record.truncated
        assert record.read(8)["fcn.weight"].tobytes() == FRAMES[8].tobytes()


def test_a_record_that_grows_is_read_on(record_file):
    whole = record_file.read_bytes()
    record_file.write_bytes(record_bytes(FRAMES[:4]))
    record = synann.read_record(record_file)
    assert record.refresh() == 0
    record_file.write_bytes(whole)
    assert record.refresh() == 6 and record.read(9)["fcn.weight"].tobytes() == FRAMES[9].tobytes()


def test_a_frame_with_a_wrong_bit_is_an_error_and_the_others_are_not(record_file):
    data = bytearray(record_file.read_bytes())
    data[-1] ^= 1
    record_file.write_bytes(data)
    record = synann.read_record(record_file)
    with pytest.raises(synann.SynannError, match="checksum") as error:
        record.read(9)
    one_sentence(error.value)
    record.read(8)


def test_frames_behind_a_damaged_head_are_left_out_with_a_warning(record_file):
    data = bytearray(record_file.read_bytes())
    data[data.rindex(b"FRAM")] = 0
    record_file.write_bytes(data)
    with pytest.warns(synann.SynannWarning, match="frame 9 is damaged"):
        assert len(synann.read_record(record_file)) == 9


HEADERS = {
    "another format": {"format": "synann-record-9"},
    "no tensors": {"tensors": []},
    "tensors of text": {"tensors": "fcn.weight"},
    "a tensor twice": {"tensors": [{"name": "a", "shape": [1]}] * 2},
    "a side of 0": {"tensors": [{"name": "a", "shape": [0]}]},
    "too many numbers": {"tensors": [{"name": "a", "shape": [1 << 24, 1 << 24]}]},
    "too many sides": {"tensors": [{"name": "a", "shape": [1 << 24] * 5000}]},
    "rows of text": {"rows": "many"},
    "epoch_ends of a number": {"epoch_ends": 1},
    "settings of nothing": {"settings": None},
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_cannot_be_taken_is_told_in_one_sentence(name, tmp_path):
    (tmp_path / "bad.record").write_bytes(record_bytes([], **HEADERS[name]))
    with pytest.raises(synann.SynannError) as error:
        synann.read_record(tmp_path / "bad.record")
    assert "bad.record" in one_sentence(error.value)


def test_a_header_of_nan_or_beyond_its_limit_is_refused(tmp_path):
    text = b'{"format":NaN}'
    nan = b"SYNAREC1" + struct.pack("<I", len(text)) + text + struct.pack("<I", zlib.crc32(text))
    for data in (nan, b"SYNAREC1" + struct.pack("<I", 2**31), b"SYNAREC1", b"", b"PK\3\4" * 10):
        (tmp_path / "bad").write_bytes(data)
        with pytest.raises(synann.SynannError) as error:
            synann.read_record(tmp_path / "bad")
        one_sentence(error.value)


def test_a_plane_that_unpacks_to_more_than_its_frame_is_no_bomb(tmp_path):
    bomb = zlib.compress(bytes(1 << 22))
    assert len(bomb) < 1 << 13
    payload = b"".join(struct.pack("<BI", 1, len(bomb)) + bomb for _ in range(4))
    data = record_bytes([], shape=(100, 100))
    head = struct.pack("<IIiiqI", 0x4D415246, 0, 1, 0, 0, len(payload))
    data += head + struct.pack("<I", zlib.crc32(payload, zlib.crc32(head + bytes(4)))) + payload
    (tmp_path / "bomb").write_bytes(data)
    with pytest.raises(synann.SynannError, match="cannot be unpacked"):
        synann.read_record(tmp_path / "bomb").read(0)


@pytest.mark.filterwarnings("ignore::synann.SynannWarning")
def test_any_damage_is_an_error_of_ours_or_found_by_the_checksum(record_file):
    whole, dice = record_file.read_bytes(), random.Random(2)
    for _ in range(500):
        data = bytearray(whole)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        record_file.write_bytes(data[: dice.randrange(len(data))] if dice.random() < 0.3 else data)
        try:
            record = synann.read_record(record_file)
            for k in range(len(record)):
                assert record.read(k)["fcn.weight"].tobytes() == FRAMES[k].tobytes()
        except synann.SynannError as error:
            one_sentence(error)


def test_the_last_frames_of_a_run_are_its_checkpoint(small_run):
    run = synann.open_run(small_run)
    checkpoint = run.checkpoint("last")
    for which in ("synapses", "network"):
        record = run.record(which)
        assert record.steps[0] == 0 and record.steps[-1] == run.steps == 8
        for name, array in record.read(-1).items():
            assert array.tobytes() == checkpoint.tensors[name].tobytes(), name
    counters = {n for n, t in checkpoint.tensors.items() if t.dtype == np.int64}
    assert set(run.record("network").names) == set(checkpoint.tensors) - counters
    assert run.record("synapses").names == ("fcn.weight",)


def test_a_run_without_its_last_bytes_shows_all_frames_before(small_run, tmp_path):
    shutil.copytree(small_run, tmp_path / "cut")
    path = tmp_path / "cut" / "synapses.record"
    whole = synann.open_run(small_run).record()
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.warns(synann.SynannWarning, match="cut off"):
        cut = synann.open_run(tmp_path / "cut").record()
    assert cut.steps.tolist() == whole.steps.tolist()[:-1]
    assert cut.all("fcn.weight").tobytes() == whole.all("fcn.weight")[:-1].tobytes()
