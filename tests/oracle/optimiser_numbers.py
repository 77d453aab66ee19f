# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints tests/engine/train/optimiser_numbers.h: what PyTorch's optimisers and schedules make of a small problem in float64.

  python3 tests/oracle/optimiser_numbers.py > tests/engine/train/optimiser_numbers.h

The problem: three numbers p from START, twenty steps down f(p) = Σ CURVATURE · (p − CENTRE)² / 2. A step is an epoch to
the schedules; the plateau sees f behind each step.
"""
import torch

from compare_optimisers import OPTIMISERS, SCHEDULES, STEPS, scheduler

START, CURVATURE, CENTRE = [1.0, -2.0, 3.0], [1.0, 3.0, 0.01], [0.5, 0.0, -1.0]


def row(optimiser, schedule):
    _, kind, arguments, rate, clip = OPTIMISERS[optimiser]
    p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    a, c = torch.tensor(CURVATURE, dtype=torch.float64), torch.tensor(CENTRE, dtype=torch.float64)
    rate *= 10 if kind is torch.optim.SGD else 150  # the problem is smaller than a network
    stepper = kind([p], lr=rate, **arguments)
    plan = scheduler(schedule, stepper)
    for _ in range(STEPS):
        stepper.zero_grad()
        ((a * (p - c) ** 2).sum() / 2).backward()
        if clip:
            torch.nn.utils.clip_grad_norm_([p], clip)
        stepper.step()
        loss = (a * (p - c) ** 2).sum().item() / 2
        plan.step(*([loss] if schedule == "plateau" else []))
    name = kind.__name__.lower()
    betas = arguments.get("betas", (0.9, 0.999))
    return (f'    {{"{optimiser}, {schedule}", "{name}", {arguments.get("momentum", 0)}, {betas[0]}, {betas[1]}, '
            f'{str(arguments.get("nesterov", False)).lower()}, {arguments.get("weight_decay", 0)}, {clip}, "{schedule}", '
            f'{rate}, {{{", ".join(f"{v!r}" for v in p.tolist())}}}}},')


def main():
    print(f"""// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Written by tests/oracle/optimiser_numbers.py with PyTorch {torch.__version__.split("+")[0]}, in float64.
namespace synann::testing {{

struct OptimiserNumbers {{
  const char *name, *optimizer;
  double momentum, beta1, beta2;
  bool nesterov;
  double weight_decay, clip;
  const char* schedule;
  double rate;
  double after_20_steps[3];
}};

// clang-format off
inline constexpr OptimiserNumbers kOptimiserNumbers[] = {{""")
    for optimiser in OPTIMISERS:
        print(row(optimiser, "constant"))
    for schedule in list(SCHEDULES)[1:]:
        for optimiser in ("momentum", "adamw"):
            print(row(optimiser, schedule))
    print("""};
// clang-format on

}  // namespace synann::testing""")


if __name__ == "__main__":
    main()
