# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints tests/engine/core/statistics_numbers.json: what SciPy and statsmodels make of small samples.

  python3 tests/oracle/statistics_numbers.py > tests/engine/core/statistics_numbers.json

Intervals of the mean are scipy.stats.t.interval, tests for pairs scipy.stats.ttest_rel, corrected p-values
statsmodels' multipletests with method "holm" (SciPy itself has no Holm).
"""
import json

import numpy as np
import scipy
from scipy import stats
import statsmodels
from statsmodels.stats.multitest import multipletests

SAMPLES = [
    [97.70, 97.69, 97.81],
    [92.31, 92.36],
    [98.12, 98.25, 98.17, 98.31, 98.20, 98.09, 98.22, 98.28, 98.15, 98.30],
    [-1.5, 2.25, 0.0, 1e3, -7.125],
    [5.0, 5.0, 5.0],
    [1e-9, 3e-9, 2e-9, 2.5e-9],
]
PAIRS = [
    ([97.70, 97.69, 97.81], [98.21, 98.16, 98.25]),
    ([92.3, 92.4], [92.1, 92.5]),
    ([98.12, 98.25, 98.17, 98.31, 98.20], [98.02, 98.27, 98.11, 98.20, 98.19]),
    ([0.1607, 0.0790, 0.2622, 0.3070, 0.0083, 0.2750], [0.2001, 0.1790, 0.3622, 0.1070, 0.0483, 0.2250]),
    ([10.0, 20.0, 30.0, 40.0], [9.0, 18.0, 27.0, 36.5]),
]
P_VALUES = [
    [0.01, 0.04, 0.03],
    [0.00031, 0.00032, 0.00041],
    [0.9, 0.8, 0.001, 0.2, 0.2],
    [0.05],
    [1.0, 0.5, 0.5],
    [1e-12, 3e-4, 0.049, 0.0125, 0.6, 0.02, 0.011],
]


def interval(values, confidence):
    low, high = stats.t.interval(confidence, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    if np.std(values) == 0:
        low = high = np.mean(values)  # SciPy has no interval of width 0
    return {"values": values, "confidence": confidence, "from": float(low), "to": float(high)}


def paired(a, b):
    test = stats.ttest_rel(a, b)
    return {"a": a, "b": b, "t": float(test.statistic), "df": int(test.df), "p": float(test.pvalue)}


def main():
    numbers = {
        "source": f"SciPy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "intervals": [interval(v, c) for v in SAMPLES for c in (0.95, 0.99)],
        "pairs": [paired(a, b) for a, b in PAIRS],
        "holm": [{"p": p, "corrected": multipletests(p, method="holm")[1].tolist()} for p in P_VALUES],
    }
    print(json.dumps(numbers, indent=1))


main()
