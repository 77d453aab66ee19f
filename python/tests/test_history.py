# SPDX-License-Identifier: GPL-3.0-or-later
"""Histories: exact losses, what counts behind a resume, lines cut off, later versions."""
import json
import random

import numpy as np
import pytest

import synann
from conftest import epoch_event, lines, losses_event, one_sentence, start_event


def parse(*events):
    return synann.parse_history(lines(*events), "h.jsonl")


def change(epoch, step, **setting):
    return {"event": "change", "epoch": epoch, "step": step, **setting}


def resume(epoch, step, **more):
    return {"event": "resume", "epoch": epoch, "step": step, "changed": {}, "device": "CPU", "tier": "fused",
            "isa": "AVX2", "threads": 2, "version": "0.1.0", "commit": "abc", **more}


END = {"event": "end", "epoch": 3, "step": 0, "state": "finished", "reason": ""}


def test_losses_are_the_same_floats_again():
    exact = np.random.default_rng(1).normal(size=50).astype("f4")
    # The shortest text that reads back as the same float, as the program writes it.
    text = '{"event":"losses","epoch":1,"step":0,"batch_size":8,"examples":0,"loss":[%s]}\n' % ",".join(map(str, exact))
    h = synann.parse_history(lines(start_event(train_count=400, batch_size=8, steps_per_epoch=50)) + text.encode(), "h")
    assert h.losses["loss"].tobytes() == exact.tobytes()
    assert h.losses["examples"].tolist() == list(range(0, 400, 8))


def test_losses_that_are_not_finite_are_nan():
    h = parse(start_event(), losses_event(1, 0, [1.5, None]))
    assert h.losses["loss"][0] == 1.5 and np.isnan(h.losses["loss"][1])


def test_steps_and_examples_go_on_over_epochs():
    h = parse(start_event(), losses_event(1, 0, [4, 3]), losses_event(1, 2, [2, 1]), epoch_event(1, 10),
              losses_event(2, 0, [0.5]))
    assert h.losses["step"].tolist() == [0, 1, 2, 3, 4]
    assert h.losses["examples"].tolist() == [0, 100, 200, 300, 400]
    assert h.losses["epoch"].tolist() == [1, 1, 1, 1, 2]
    assert h.steps == 5 and h.losses["loss"].dtype == np.float32


def test_what_a_resume_overtakes_counts_no_more():
    h = parse(start_event(), {"event": "evaluation", "epoch": 0, "examples": 0, "test_loss": 2.3, "correct": 9, "count": 100},
              losses_event(1, 0, [1, 2, 3, 4]), epoch_event(1, 20, best=True), change(2, 1, lr=0.5),
              losses_event(2, 0, [5, 6, 7, 8]), epoch_event(2, 30, best=True),
              {"event": "pause", "epoch": 2, "step": 3}, END,
              resume(2, 1, changed={"momentum": {"from": 0.5, "to": 0.9}}, threads=4), losses_event(2, 1, [60, 70]))
    assert h.losses["loss"].tolist() == [1, 2, 3, 4, 5, 60, 70]
    assert h.evaluations["epoch"].tolist() == [0, 1] and h.evaluations["accuracy"][1] == 20
    assert [(c.key, c.value, c.by) for c in h.changes] == [("lr", 0.5, "change"), ("momentum", 0.9, "resume")]
    assert h.end is None and h.pauses == [] and h.devices[0].threads == 4
    assert h.resumes[0].steps == 5 and h.resumes[0].changed == {"momentum": (0.5, 0.9)}


def test_a_resume_at_an_epochs_end_keeps_its_losses_and_not_its_measurement():
    h = parse(start_event(), losses_event(1, 0, [1, 2, 3, 4]), epoch_event(1, 20), resume(1, 4), epoch_event(1, 21))
    assert h.losses["loss"].tolist() == [1, 2, 3, 4] and h.evaluations["correct"].tolist() == [21]


def test_a_later_resume_further_back_takes_back_an_earlier_one():
    h = parse(start_event(), losses_event(1, 0, [1, 2, 3, 4]), resume(1, 3), change(1, 3, lr=0.7), resume(1, 2),
              losses_event(1, 2, [30]))
    assert [r.steps for r in h.resumes] == [2] and h.changes == []
    assert h.losses["loss"].tolist() == [1, 2, 30]


def test_the_setting_in_force_is_that_of_the_last_change_up_to_there():
    h = parse(start_event(), losses_event(1, 0, [1, 2, 3, 4]), change(1, 2, lr=0.5), change(2, 1, lr=0.05),
              change(1, 2, schedule="cosine"))
    assert [h.settings_at(k)["lr"] for k in (0, 1, 2, 4, 5, 99)] == [0.012, 0.012, 0.5, 0.5, 0.05, 0.05]
    assert h.settings["schedule"] == "cosine" and h.settings["momentum"] == 0.5


def test_a_fork_says_whose_child_the_run_is():
    h = parse(start_event(), losses_event(1, 0, [1, 2]), END,
              {"event": "fork", "epoch": 1, "step": 2, "from": "parent", "changed": {"lr": {"from": 0.012, "to": 0.1}}},
              losses_event(1, 2, [3]))
    assert h.forks[0].parent == "parent" and h.forks[0].steps == 2 and h.end is None
    assert h.settings_at(1)["lr"] == 0.012 and h.settings_at(2)["lr"] == 0.1


def test_half_a_line_at_the_end_is_left_out():
    whole = lines(start_event(), losses_event(1, 0, [1, 2]))
    h = synann.parse_history(whole + b'{"event":"losses","epo', "h")
    assert h.truncated and h.losses["loss"].tolist() == [1, 2]


def test_torn_lines_before_an_event_that_says_so_are_passed_over():
    torn = b'{"event":"losses","epoch":1,"st\n'
    h = parse(start_event(), losses_event(1, 0, [1, 2]), torn, resume(1, 1, torn=True), losses_event(1, 1, [20]))
    assert h.losses["loss"].tolist() == [1, 20] and not h.truncated
    parse(start_event(), torn, torn, resume(1, 0, torn=2))
    for wrong in ((torn, resume(1, 0)), (torn, torn, resume(1, 0, torn=True)), (torn, epoch_event(1, 2))):
        with pytest.raises(synann.SynannError, match="line 2"):
            parse(start_event(), *wrong)


def test_what_a_later_version_wrote_is_passed_over_and_told():
    with pytest.warns(synann.SynannWarning, match="sonar"):
        h = parse(start_event(colour="red"), {"event": "sonar", "epoch": "x"}, epoch_event(1, 5, mood=3))
    assert h.unknown == ['event "sonar"'] and len(h.evaluations) == 1


def test_a_history_that_needs_a_later_version_is_refused():
    with pytest.raises(synann.SynannError, match="needs version 99.1"):
        parse(start_event(needs="99.1"))
    parse(start_event(needs="0.1.0"))


def with_line(event: object) -> bytes:
    return lines(start_event(), event if isinstance(event, (bytes, dict)) else json.dumps(event).encode() + b"\n", END)


HOSTILE = {
    "empty": b"",
    "no start": lines(END),
    "no JSON": b"hello\n",
    "two starts": lines(start_event(), start_event()),
    "start without a model": lines({"event": "start"}),
    "start of texts": lines(start_event(steps_per_epoch="four")),
    "NaN in a line": with_line(b'{"event":"losses","loss":[NaN]}\n'),
    "a key twice": with_line(b'{"event":"pause","epoch":1,"epoch":2,"step":0}\n'),
    "a number": with_line(5),
    "a list": with_line([1]),
    "no event": with_line({"epoch": 1}),
    "event of a number": with_line({"event": 5}),
    "losses without examples": with_line({"event": "losses", "epoch": 1, "step": 0, "loss": [1]}),
    "losses of texts": with_line(losses_event(1, 0, ["a"])),
    "losses of true": with_line(losses_event(1, 0, [True])),
    "losses as a number": with_line(losses_event(1, 0, 3)),
    "losses beyond double": with_line(losses_event(1, 0, [10**400])),
    "epoch 0": with_line({"event": "pause", "epoch": 0, "step": 0}),
    "huge epoch": with_line({"event": "pause", "epoch": 10**30, "step": 0}),
    "state": with_line({**END, "state": "asleep"}),
    "changed is a list": with_line(resume(1, 0, changed=[1])),
    "changed without to": with_line(resume(1, 0, changed={"lr": {"from": 1}})),
    "change of a list": with_line(change(1, 0, lr=[1])),
    "correct of text": with_line(epoch_event(1, "many")),
    "deep": with_line(b'{"event":' + b"[" * 100000 + b"\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_is_told_in_one_sentence(name, tmp_path):
    (tmp_path / "history.jsonl").write_bytes(HOSTILE[name])
    with pytest.raises(synann.SynannError) as error:
        synann.open_run(tmp_path)
    assert "history.jsonl" in one_sentence(error.value)


@pytest.mark.filterwarnings("ignore::synann.SynannWarning")
def test_any_damage_is_an_error_of_ours_or_another_history():
    whole = lines(start_event(), losses_event(1, 0, [1, 2, 3, 4]), epoch_event(1, 20), change(2, 1, lr=0.5),
                  resume(2, 1, changed={"lr": {"from": 1, "to": 2}}), END)
    dice = random.Random(3)
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.choice(b'{}[]",:0123456789ntfe.-\n\\')
        try:
            synann.parse_history(bytes(data), "h").settings_at(5)
        except synann.SynannError as error:
            one_sentence(error)
