# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks TensorBoard's view of exported runs: TensorBoard's own readers and its server must find what the runs say.

  python3 -m venv board && board/bin/pip install "tensorboard>=2.21" pillow
  synann export --format tensorboard --history RUN,RUN --out LOGS
  board/bin/python tests/oracle/tensorboard_check.py LOGS NAME=RUN [NAME=RUN ...]

NAME is the folder in LOGS. Every scalar must be the float of the history's number, every histogram must count the elements of
its tensor, every picture must decode, the hyper-parameters must parse with TensorBoard's own messages; then a server on the
loopback interface must list all of it, with TensorBoard's quick reader and with the one in Python. Ends with 1 where anything
is wrong.
"""
import io
import json
import re
import struct
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.util import tensor_util

WANTED = ("scalars", "histograms", "distributions", "text", "hparams", "timeseries")  # and images, of exported runs
faults = []


def check(right, what):
    if not right:
        faults.append(what)
    return right


def float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def scalars_of(run):
    """tag -> [(step, value)] as the history says it, without what a resume overtook."""
    lines = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    steps = lines[0]["steps_per_epoch"]
    found, best, seconds = {}, 0, 0

    def add(tag, step, value):
        if value is not None:
            found.setdefault(tag, []).append((step, float32(value)))

    for line in lines:
        if line["event"] == "resume":
            at = (line["epoch"] - 1) * steps + line["step"]
            losses = found.get("loss/train_batch", [])
            found["loss/train_batch"] = [point for point in losses if point[0] < at]
        if line["event"] == "losses":
            for k, loss in enumerate(line["loss"]):
                add("loss/train_batch", (line["epoch"] - 1) * steps + line["step"] + k, loss)
        if line["event"] not in ("evaluation", "epoch"):
            continue
        at, accuracy = line["epoch"] * steps, 100 * line["correct"] / line["count"]
        if line.get("best"):
            best = accuracy
        seconds += line.get("train_seconds", 0)
        for tag, value in {"loss/test": line["test_loss"], "accuracy/test": accuracy, "epoch": line["epoch"],
                           "seconds/evaluation": line["eval_seconds"]}.items():
            add(tag, at, value)
        for key in ("gradient_norm", "dead_share", "headroom", "beta_norm"):
            add("network/" + key, at, line.get(key))
        if "validation_count" in line:
            add("loss/validation", at, line["validation_loss"])
            add("accuracy/validation", at, 100 * line["validation_correct"] / line["validation_count"])
        if line["event"] == "epoch":
            for tag, value in {"loss/train": line["train_loss"], "learning_rate": line["lr"], "accuracy/best": best,
                               "seconds/training": seconds, "seconds/epoch": line["train_seconds"]}.items():
                add(tag, at, value)
    return found


def tensor_sizes(run):
    with open(run / "last.safetensors", "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    return {"tensors/" + re.sub(r"[^A-Za-z0-9._/-]", "_", name): int(np.prod(tensor["shape"]))
            for name, tensor in header.items() if name != "__metadata__" and tensor["dtype"] == "F32"}


def read(logs, name, run):
    reader = event_accumulator.EventAccumulator(str(logs / name), size_guidance={"scalars": 0, "tensors": 0})
    reader.Reload()
    plugins = {}
    for tag in reader.Tags()["tensors"]:
        plugins.setdefault(reader.SummaryMetadata(tag).plugin_data.plugin_name, []).append(tag)
    wanted = scalars_of(run)
    # The reader turns plain scalars into tensors of the scalars plugin.
    found = {tag: [(e.step, float(tensor_util.make_ndarray(e.tensor_proto))) for e in reader.Tensors(tag)]
             for tag in plugins.get("scalars", [])}
    found.update({tag: [(e.step, e.value) for e in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]})
    check(set(found) == set(wanted), f"{name}: scalars {sorted(set(found) ^ set(wanted))}")
    for tag, points in wanted.items():
        check(found.get(tag) == points, f"{name}: {tag} differs")
    sizes, histograms = tensor_sizes(run), 0
    for tag in plugins.get("histograms", []):
        for event in reader.Tensors(tag):
            buckets = tensor_util.make_ndarray(event.tensor_proto)
            histograms += 1
            if tag in sizes:
                check(buckets[:, 2].sum() == sizes[tag], f"{name}: {tag} counts {buckets[:, 2].sum()}")
            check((buckets[:, 0] <= buckets[:, 1]).all(), f"{name}: {tag} has an edge behind the next")
    pictures = 0
    for tag in plugins.get("images", []):
        for event in reader.Tensors(tag):
            width, height, png = event.tensor_proto.string_val
            with Image.open(io.BytesIO(png)) as picture:
                picture.load()
                check(picture.size == (int(width), int(height)), f"{name}: {tag} has another size")
            pictures += 1
    start = reader.SummaryMetadata(hparams.SESSION_START_INFO_TAG).plugin_data.content
    parameters = hparams.parse_session_start_info_plugin_data(start).hparams
    hparams.parse_experiment_plugin_data(reader.SummaryMetadata(hparams.EXPERIMENT_TAG).plugin_data.content)
    settings = json.loads((run / "history.jsonl").read_text().splitlines()[0])
    check(parameters["lr"].number_value == settings["lr"], f"{name}: lr differs")
    print(f"{name:24} {sum(map(len, found.values())):8} {len(found):6} {histograms:11} {pictures:9} {len(parameters):9}")
    return plugins


def get(port, path, **query):
    url = f"http://127.0.0.1:{port}/data/{path}" + ("?" + urllib.parse.urlencode(query) if query else "")
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read()


def whole(port, runs):
    groups = session_groups(port)
    return len(groups) == len(runs) and all(session.get("status", "STATUS_UNKNOWN") == "STATUS_SUCCESS"
                                            for group in groups for session in group["sessions"])


def session_groups(port):
    request = {"startIndex": 0, "sliceSize": 100, "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE",
                                                                      "STATUS_RUNNING"]}
    return json.loads(get(port, "plugin/hparams/session_groups", request=json.dumps(request))).get("sessionGroups", [])


def serve(logs, runs, load_fast):
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--host", "127.0.0.1", "--port", "0",
               "--load_fast", load_fast, "--samples_per_plugin", "images=100"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        port = None
        for line in server.stderr:
            if match := re.search(r"http://[^:]+:(\d+)/", line):
                port = int(match.group(1))
                break
        if not check(port, f"server ({load_fast}) does not begin"):
            return
        for _ in range(120):  # the end of a session is what stands last in a file
            if set(json.loads(get(port, "runs"))) >= set(runs) and whole(port, runs):
                break
            time.sleep(0.5)
        ask(port, runs, load_fast)
    finally:
        server.terminate()
        server.wait(10)


def ask(port, runs, load_fast):
    active = {name for name, plugin in json.loads(get(port, "plugins_listing")).items() if plugin["enabled"]}
    check(active >= set(WANTED), f"server ({load_fast}): {sorted(set(WANTED) - active)} not active")
    counts = {}
    for plugin in ("scalars", "histograms", "images", "text"):
        tags = json.loads(get(port, f"plugin/{plugin}/tags"))
        counts[plugin] = sum(len(tags.get(name, {})) for name in runs)
        if plugin == "text":
            for name in runs:
                for tag in tags.get(name, []):
                    text = get(port, "plugin/text/text", run=name, tag=tag).decode()
                    shown = " ".join(part["text"] for part in json.loads(text))
                    harm = re.findall(r"<(?!/?(?:p|table|thead|tbody|tr|td|th)\b)[^>]*>", shown)
                    check(not harm, f"server ({load_fast}): {name}: {tag} shows {harm}")
        if plugin == "images":
            for name in runs:
                for tag in tags.get(name, {}):
                    for at in json.loads(get(port, "plugin/images/images", run=name, tag=tag, sample=0)):
                        png = get(port, "plugin/images/individualImage?" + at["query"])
                        Image.open(io.BytesIO(png)).load()
        if plugin == "histograms":
            for name in runs:
                for tag in tags.get(name, {}):
                    counts["drawn"] = counts.get("drawn", 0) + len(
                        json.loads(get(port, "plugin/histograms/histograms", run=name, tag=tag)))
    experiment = json.loads(get(port, "plugin/hparams/experiment", request="{}"))
    found = session_groups(port)
    check(len(found) == len(runs), f"server ({load_fast}): {len(found)} sessions of hyper-parameters")
    for group in found:
        check(len(group.get("metricValues", [])) == 3, f"server ({load_fast}): {group['name']} lacks metrics")
    print(f"server, load_fast={load_fast:5}: {len(active)} plugins active; tags {counts}; "
          f"{len(experiment['hparamInfos'])} hyper-parameters, {len(found)} sessions")


def main():
    logs = Path(sys.argv[1])
    runs = dict(argument.split("=", 1) for argument in sys.argv[2:])
    print(f"{'run':24} {'scalars':>8} {'tags':>6} {'histograms':>11} {'pictures':>9} {'settings':>9}")
    for name, run in runs.items():
        read(logs, name, Path(run))
    for load_fast in ("true", "false"):
        serve(logs, runs, load_fast)
    for fault in faults:
        print("WRONG:", fault)
    print("all right" if not faults else f"{len(faults)} wrong")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
