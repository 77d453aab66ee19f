#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the JSON lines that compare_peer.sh gathered and prints ratios as Markdown; --json FILE keeps all numbers.

Files are named ROUND-WHO.jsonl; ratios are taken within a round, and the median over rounds is told with the range.
"""
import argparse
import json
import pathlib
import statistics


def read(folder):
    """{(work, model, width, threads): {who: {round: (us, variant)}}}: the fastest variant of each round."""
    table, machines = {}, {}
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        number, who = path.stem.split("-", 1)
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row["event"] == "machine":
                machines.setdefault(who, row)
            if row["event"] != "result":
                continue
            key = (row["work"], row["model"], row.get("width", 0), row["threads"])
            rounds = table.setdefault(key, {}).setdefault(who, {})
            best = rounds.get(number)
            if best is None or row["us_min"] < best[0]:
                rounds[number] = (row["us_min"], row.get("variant", ""))
    return table, machines


def text(number):
    return f"{number:.2f}" if number < 10 else f"{number:.1f}" if number < 1000 else f"{number:.0f}"


def compare(table):
    rows = []
    for key, by_who in sorted(table.items()):
        own = by_who.get("synann")
        for who, rounds in sorted(by_who.items()):
            ratios = [rounds[k][0] / own[k][0] for k in rounds if own and k in own]
            if who == "synann" or not ratios:
                continue
            fastest = min(rounds.values())
            rows.append({"work": key[0], "model": key[1], "width": key[2], "threads": key[3], "peer": who,
                         "variant": fastest[1], "peer_us_median": statistics.median(v[0] for v in rounds.values()),
                         "synann_us_median": statistics.median(v[0] for v in own.values()),
                         "ratio_median": statistics.median(ratios), "ratio_least": min(ratios),
                         "ratio_most": max(ratios), "rounds": len(ratios)})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--json", default="")
    options = parser.parse_args()
    table, machines = read(options.folder)
    rows = compare(table)
    for who, machine in machines.items():
        print(f"{who}: {machine['program']} {machine['version']}, {machine['data']}, batch {machine['batch']}, "
              f"load {machine['load']:.1f} at its first round" + (f", {machine['isa']}" if "isa" in machine else ""))
    print("\n| work | threads | peer | its fastest way | peer µs | synann µs | times faster | range |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        what = f"{row['work']} {row['width'] or row['model']}"
        print(f"| {what} | {row['threads']} | {row['peer']} | {row['variant']} | {text(row['peer_us_median'])} | "
              f"{text(row['synann_us_median'])} | **{text(row['ratio_median'])}** | "
              f"{text(row['ratio_least'])} – {text(row['ratio_most'])} |")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"machines": machines, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
