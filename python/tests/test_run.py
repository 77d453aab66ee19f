# SPDX-License-Identifier: GPL-3.0-or-later
"""Run folders of the program: what it says of them itself is what is read."""
import json
import os
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest

import synann
from conftest import lines, one_sentence, start_event

FACTS = {"state": "state", "data_name": "data_name", "data_sha256": "data_sha256", "parameters": "parameters",
         "epochs_done": "epochs_done", "steps": "steps", "parent": "parent"}


def check_against_program(synann_says, folder):
    """What `synann runs --json` says of a run, and what is read here."""
    said = json.loads(synann_says("runs", folder, "--json").splitlines()[0])
    run = synann.open_run(folder)
    summary = run.summary()
    for ours, theirs in FACTS.items():
        assert summary[ours] == said[theirs], ours
    assert run.settings == said["settings"]
    assert summary["best_accuracy"] == said["best"]["accuracy"] and summary["best_epoch"] == said["best"]["epoch"]
    assert summary["last_test_loss"] == said["last"]["test_loss"]
    return run


def test_a_finished_run_is_what_the_program_says(small_run, synann_says):
    run = check_against_program(synann_says, small_run)
    assert run.state == "finished" and run.end.reason == "" and run.epochs == 2 and len(run.losses) == 8
    assert run.evaluations["epoch"].tolist() == [0, 1, 2] and run.start.version == synann.__version__
    # The mean of an epoch's losses is the program's own training loss.
    for epoch in (1, 2):
        mean = run.losses["loss"][run.losses["epoch"] == epoch].astype("f8").mean()
        assert abs(mean - run.evaluations["train_loss"][epoch]) < 1e-6


def test_the_log_of_every_step_is_what_was_recorded(synann_says, digits, tmp_path):
    said = [json.loads(line) for line in synann_says(
        "train", "--data", digits, "--train-count", 300, "--epochs", 2, "--log-interval", 1, "--json", "--out",
        tmp_path / "run").splitlines()]
    printed = np.array([e["loss"] for e in said if e["event"] == "step"])
    assert printed.astype("f4").tobytes() == synann.open_run(tmp_path / "run").losses["loss"].tobytes()


def test_what_a_resume_overtook_counts_no_more(synann_says, digits, tmp_path):
    """A run whose checkpoint is behind its history, as a kill leaves it, goes on with another rate."""
    train = ("train", "--data", digits, "--train-count", 400, "--model", "syna-cnn")
    killed, straight = tmp_path / "killed", tmp_path / "straight"
    for folder in (killed, straight):
        synann_says(*train, "--epochs", 1, "--out", folder)
    shutil.copytree(killed, tmp_path / "before")
    synann_says("train", "--resume", killed / "last.safetensors", "--epochs", 3, "--lr", 0.001)
    ahead = synann.open_run(killed)
    for path in (tmp_path / "before").glob("*.safetensors"):
        shutil.copy(path, killed)
    for folder in (killed, straight):
        synann_says("train", "--resume", folder / "last.safetensors", "--epochs", 2, "--lr", 0.05)
    run = check_against_program(synann_says, killed)
    other = synann.open_run(straight)
    assert run.losses.array.tobytes() == other.losses.array.tobytes()
    assert run.losses["loss"][4:].tobytes() != ahead.losses["loss"][4:8].tobytes()
    # Of two resumes at the same step both stand there; the later one's settings are in force.
    assert [r.steps for r in run.resumes] == [4, 4] and run.settings["lr"] == 0.05 and run.settings_at(3)["lr"] == 0.012
    assert run.evaluations["test_loss"].tobytes() == other.evaluations["test_loss"].tobytes()
    assert run.record("network")[-1]["fc2.weight"].tobytes() == run.checkpoint().tensors["fc2.weight"].tobytes()
    assert run.record().all("fcn.weight").tobytes() == other.record().all("fcn.weight").tobytes()


def test_a_fork_is_its_parent_up_to_its_step(small_run, synann_says, tmp_path):
    synann_says("fork", small_run, "--step", 6, "--lr", 0.05, "--out", tmp_path / "fork")
    parent, fork = synann.open_run(small_run), synann.open_run(tmp_path / "fork")
    assert fork.forks[0].steps == 6 and fork.forks[0].parent == "small" and fork.steps == 6
    assert fork.losses.array.tobytes() == parent.losses.array[:6].tobytes()
    assert fork.settings["lr"] == 0.05 and fork.settings_at(5)["lr"] == 0.012 and fork.changes[0].by == "fork"
    frame = parent.record().at_or_before(6)
    assert fork.checkpoint().tensors["fcn.weight"].tobytes() == parent.record()[frame]["fcn.weight"].tobytes()
    check_against_program(synann_says, tmp_path / "fork")


def wait_for(what, seconds=60):
    for _ in range(seconds * 20):
        if result := what():
            return result
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_a_run_is_read_while_it_is_written_and_when_it_was_killed(program, digits, tmp_path):
    folder = tmp_path / "run"
    child = subprocess.Popen([program, "train", "--data", str(digits), "--epochs", "10000", "--out", str(folder)],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: (folder / "history.jsonl").exists() and synann.open_run(folder).epochs >= 2)
        assert synann.open_run(folder).state == "running"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    run = synann.open_run(folder)
    assert run.state == "interrupted" and run.end is None and run.steps >= 12
    record = run.record()
    assert 0 < len(record) and record.steps[-1] <= run.steps
    for k in range(len(record)):
        record.read(k)


def test_notes_are_what_a_person_said(small_run, synann_says, tmp_path):
    assert synann.open_run(small_run).notes == synann.Notes()
    shutil.copytree(small_run, tmp_path / "noted")
    synann_says("note", tmp_path / "noted", "--title", "Première", "--tag", "baseline", "--note", "the one of the paper")
    notes = synann.open_run(tmp_path / "noted").notes
    assert notes == synann.Notes("Première", ("baseline",), "the one of the paper", False)


def make_history(folder, **changed):
    folder.mkdir(parents=True)
    (folder / "history.jsonl").write_bytes(lines(start_event(**changed)))


def test_runs_are_found_at_any_depth_without_links_and_without_those_thrown_away(tmp_path):
    for name in ("a", "a/earlier-1", "b/c/d", ".bin/gone", "b/.bin/gone"):
        make_history(tmp_path / name)
    make_history(tmp_path.parent / f"{tmp_path.name}-elsewhere" / "run")
    os.symlink(tmp_path.parent / f"{tmp_path.name}-elsewhere", tmp_path / "link")
    found = [os.path.relpath(run.folder, tmp_path) for run in synann.runs(tmp_path)]
    assert found == ["a", "a/earlier-1", "b/c/d"]


def test_a_run_that_cannot_be_read_is_left_out_with_a_warning(tmp_path):
    make_history(tmp_path / "good")
    make_history(tmp_path / "bad", needs="99")
    with pytest.warns(synann.SynannWarning, match="needs version 99"):
        assert [os.path.basename(run.folder) for run in synann.runs(tmp_path)] == ["good"]


def test_tables_are_data_frames(tmp_path):
    pytest.importorskip("pandas", reason="pandas is missing")
    make_history(tmp_path / "a")
    make_history(tmp_path / "b", lr=0.5, nesterov=1)
    frame = synann.frame(tmp_path)
    assert frame["lr"].tolist() == [0.012, 0.5] and frame["state"].tolist() == ["interrupted"] * 2
    run = synann.open_run(tmp_path / "a")
    assert list(run.losses.to_frame().columns) == ["step", "epoch", "examples", "batch_size", "loss"]
    assert "accuracy" in run.evaluations.to_frame()


def test_what_is_not_there_is_told_in_one_sentence(tmp_path):
    make_history(tmp_path / "a")
    run = synann.open_run(tmp_path / "a")
    for ask in (lambda: run.record(), lambda: run.record("weights"), lambda: run.checkpoint(), lambda: run.checkpoint("x"),
                lambda: synann.open_run(tmp_path), lambda: synann.runs(tmp_path / "none")):
        with pytest.raises(synann.SynannError) as error:
            ask()
        one_sentence(error.value)
    (tmp_path / "a" / "notes.json").write_text('{"format":"synann-notes-1","tags":[1]}')
    with pytest.raises(synann.SynannError, match="tags"):
        run.notes


def test_images_are_the_programs(digits):
    images, labels = synann.read_images(digits, "train")
    assert images.shape == (600, 28, 28) and images.dtype == np.uint8 and labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [60] * 10


@pytest.mark.parametrize("data", [b"", b"\0\0\x08\x03", b"\0\0\x0d\x01\0\0\0\1\0", b"\0\0\x08\x01\0\0\0\5abc",
                                  b"\x1f\x8bnot gzip", b"\0\0\x08\x03" + b"\xff" * 12])
def test_a_file_that_is_no_idx_is_told_in_one_sentence(data, tmp_path):
    (tmp_path / "bad-idx").write_bytes(data)
    with pytest.raises(synann.SynannError) as error:
        synann.read_idx(tmp_path / "bad-idx")
    assert "bad-idx" in one_sentence(error.value)
