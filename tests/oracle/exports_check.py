#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what `synann export` wrote with the formats' own tools: NumPy, pandas, safetensors, huggingface_hub, html.parser.

    exports_check.py RUN FOLDER

RUN is a run, FOLDER what scripts/exports_check.sh exported of it. Prints a line for each format; ends with 1 where one
says something else than the run.
"""
import html.parser
import json
import pathlib
import sys

import numpy as np
import pandas as pd

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python" / "src"))
import synann  # noqa: E402
import synann.torch  # noqa: E402

failed = False


def tell(what: str, agrees: bool, words: str) -> None:
    global failed
    failed = failed or not agrees
    print(f"{what:28} {'ok ' if agrees else 'BAD'}  {words}")


def check_numpy(run: synann.Run, folder: pathlib.Path) -> None:
    record = np.load(folder / "record.npz")
    for name in ("synapses", "network"):
        ours = run.record(name)
        same = all(np.array_equal(record[f"{name}/{tensor}"], ours.all(tensor)) for tensor in ours.read(0))
        tell(f"npz, {name} record", same, f"{len(ours)} frames, {len(ours.read(0))} tensors, bit for bit")
    parameters, tensors = np.load(folder / "parameters.npz"), synann.read_checkpoint(pathlib.Path(run.folder, "last.safetensors")).tensors
    tell("npz, parameters", set(parameters) == set(tensors) and all(np.array_equal(parameters[n], tensors[n]) for n in tensors),
         f"{len(tensors)} tensors")


def check_tables(run: synann.Run, folder: pathlib.Path) -> None:
    losses = pd.read_csv(folder / "losses.csv")
    tell("csv, losses", np.array_equal(losses["loss"].to_numpy(np.float32), np.asarray(run.losses["loss"])), f"{len(losses)} steps")
    epochs, lines = pd.read_csv(folder / "epochs.csv"), pd.read_json(
        folder / "epochs.jsonl", lines=True, precise_float=True)
    history = [e for e in map(json.loads, pathlib.Path(run.folder, "history.jsonl").read_text(encoding="utf-8").splitlines())
               if e.get("event") in ("evaluation", "epoch")]
    same = all(np.allclose(table["test_loss"], [e["test_loss"] for e in history], rtol=1e-15) for table in (epochs, lines))
    tell("csv and jsonl, epochs", same, f"{len(epochs)} measurements")


def check_hub(folder: pathlib.Path) -> None:
    from safetensors.torch import load_file
    import torch
    from synann.torch.hub import HubNetwork

    hub = folder / "hub"
    network = synann.torch.from_hub(hub)
    network.load_state_dict(load_file(hub / "model.safetensors"), strict=True)
    other = HubNetwork.from_pretrained(str(hub), strict=True).state_dict()
    same = all(torch.equal(tensor, other[name]) for name, tensor in network.state_dict().items())
    said = pd.read_csv(folder / "said.csv")
    accuracy = 100 * (said["class"] == said["label"]).mean()
    card = f"value: {accuracy:.2f}" in (hub / "README.md").read_text()
    tell("hub", same and card, f"safetensors and huggingface_hub load strictly; the card says {accuracy:.2f} %")


class Page(html.parser.HTMLParser):
    """What a page asks for beside itself, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.asked: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.asked += [value for name, value in attributes
                       if name in ("src", "href", "action", "data") and not str(value).startswith("data:")]
        self.asked += [name for name, _ in attributes if name.startswith("on")]


def check_report(folder: pathlib.Path) -> None:
    page = Page()
    page.feed((folder / "report.html").read_text(encoding="utf-8"))
    harmless = "script" not in page.tags and "iframe" not in page.tags and not page.asked
    tell("html", harmless and page.tags["svg"] > 4, f"{page.tags['svg']} figures, {page.tags['table']} tables, asks for nothing")


def main() -> int:
    run, folder = synann.open_run(sys.argv[1]), pathlib.Path(sys.argv[2])
    check_numpy(run, folder)
    check_tables(run, folder)
    check_hub(folder)
    check_report(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
