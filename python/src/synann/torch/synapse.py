# SPDX-License-Identifier: GPL-3.0-or-later
"""The synapse layer and the recurrent synapse cell as PyTorch modules.

Both multiply the factors 1 − βx themselves (torch.prod); no logarithm is taken, so that factors of any sign are right. The
gradient is PyTorch's of a product. Any floating-point type will do: the formula is the same in float64.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..definition import SYNAPSE_OPTIONS
from ..errors import SynannError, shown

OVER = ("features", "channels", "positions")
INHIBITIONS = ("synapse", "dense", "none")
LARGEST_CLAMPED = 1 - 1e-6  # of a clamped β


def _check(key: str, value: str, words: Sequence[str]) -> str:
    if value not in words:
        raise SynannError(f'option "{key}"', "cannot be taken", ", ".join(words), shown(value))
    return value


class Synapse(nn.Module):
    r"""A synapse layer: :math:`y_i = \alpha_i x_{e(i)} \prod_j (1 - \beta_{ij} x_j)`.

    Args:
        in_features: inputs of one product, n.
        out_features: outputs, m; as many as inputs, or as many as are excited, unless told otherwise.
        beta: what `weight` is: "free" (β itself), "sigmoid" (β = σ(weight)), "clamp" (β = weight clamped to
            [0, 1 − 1e-6], no gradient outside).
        alpha: "one" (α = 1, no parameter), "exp" (α = exp(alpha)), "softplus" (α = log(1 + exp(alpha))).
        diagonal: "keep", or "zero": the input that excites an output does not inhibit it.
        semantics: "per-sample" (the formula), or "batch-coupled": the product runs over the whole batch, and over
            positions or channels, as the original script computes it. An output then depends on the other samples,
            in evaluation too.
        over: what the inputs are: "features" (all of a sample), "channels" (at each position, with the same β),
            "positions" (in each channel, with the same β).
        excitatory: "first" (input i excites output i), or for each output the index of its input.

    Shapes:
        over features: [batch, …n in all…] to the same shape where m = n, else [batch, m, 1, …].
        over channels: [batch, n, …] to [batch, m, …].
        over positions: [batch, channels, …n in all…] to the same where m = n, else [batch, channels, m, 1, …].

    Parameters, under the names of the program's checkpoints: `weight` [m, n], row i of output i; `bias` [m], unused as in
    the original and kept so that state dicts load strictly (it gets no gradient); `alpha` [m] where it is trained.

    The forward pass holds batch × products × m × n numbers at a time.
    """

    def __init__(self, in_features: int, out_features: int | None = None, *, beta: str = "free", alpha: str = "one",
                 diagonal: str = "keep", semantics: str = "per-sample", over: str = "features",
                 excitatory: Union[str, Sequence[int]] = "first", device: torch.device | str | None = None,
                 dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.beta_kind = _check("beta", beta, SYNAPSE_OPTIONS["beta"])
        self.alpha_kind = _check("alpha", alpha, SYNAPSE_OPTIONS["alpha"])
        self.diagonal = _check("diagonal", diagonal, SYNAPSE_OPTIONS["diagonal"])
        self.semantics = _check("semantics", semantics, SYNAPSE_OPTIONS["semantics"])
        self.over = _check("over", over, OVER)
        self.in_features = in_features
        excited = None if isinstance(excitatory, str) else list(excitatory)
        if excited is None:
            _check("excitatory", str(excitatory), ("first", "a list of input indices"))
        self.out_features = out_features or (in_features if excited is None else len(excited))
        self.excitatory = list(range(self.out_features)) if excited is None else excited
        self._check_excitatory()
        self._is_first = self.excitatory == list(range(self.out_features))

        def empty(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape, device=device, dtype=dtype))

        self.weight, self.bias = empty(self.out_features, in_features), empty(self.out_features)
        if alpha != "one":
            self.alpha = empty(self.out_features)
        self.register_buffer("_own", torch.tensor(self.excitatory, device=device), persistent=False)
        self._own: Tensor
        self.reset_parameters()

    def _check_excitatory(self) -> None:
        fits = len(self.excitatory) == self.out_features and all(0 <= e < self.in_features for e in self.excitatory)
        if not fits:
            raise SynannError("a synapse layer", f"cannot have {self.out_features} outputs of {self.in_features} inputs",
                              f"an excitatory input from 0 to {self.in_features - 1} for each output")

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draws the parameters from the program's distributions: U(±1/√n), U(0, 1/√n) where β is clamped; α = 1."""
        spread = 1 / math.sqrt(self.in_features)
        self.weight.uniform_(0 if self.beta_kind == "clamp" else -spread, spread)
        self.bias.uniform_(-spread, spread)
        if self.alpha_kind != "one":
            self.alpha.fill_(0 if self.alpha_kind == "exp" else math.log(math.expm1(1)))

    def beta(self) -> Tensor:
        """β [m, n], with gradient."""
        beta: Tensor = self.weight
        if self.beta_kind == "sigmoid":
            beta = torch.sigmoid(beta)
        elif self.beta_kind == "clamp":
            beta = beta.clamp(0, LARGEST_CLAMPED)
        if self.diagonal == "zero":
            inputs = torch.arange(self.in_features, device=beta.device)
            beta = beta.masked_fill(inputs == self._own[:, None], 0)
        return beta

    def strength(self) -> Tensor | float:
        """α: [m], or 1."""
        if self.alpha_kind == "one":
            return 1.0
        return self.alpha.exp() if self.alpha_kind == "exp" else F.softplus(self.alpha)

    def forward(self, x: Tensor) -> Tensor:
        if self.over == "features":
            z = x.flatten(1)[:, None]
        elif self.over == "channels":
            z = x.flatten(2).transpose(1, 2) if x.dim() > 2 else x[:, None]
        else:
            z = x.flatten(2)
        # z [batch, products of a sample, n]
        if z.shape[2] != self.in_features:
            raise SynannError("a synapse layer", "does not fit its input", f"{self.in_features} {self.over}", str(z.shape[2]))
        product = torch.prod(1 - self.beta() * z[:, :, None, :], 3)
        if self.semantics == "batch-coupled":  # one factor for each output
            product = product.prod(1, keepdim=True).prod(0, keepdim=True)
        excitation = z[:, :, : self.out_features] if self._is_first else z[:, :, self._own]
        return self._shaped(self.strength() * excitation * product, x)

    def _shaped(self, y: Tensor, x: Tensor) -> Tensor:
        """y [batch, products, m] in the shape that belongs to the input x."""
        if self.over == "channels":
            return y.transpose(1, 2).reshape(x.shape[0], self.out_features, *x.shape[2:])
        if self.out_features == self.in_features:
            return y.reshape(x.shape)
        if self.over == "features":
            return y.reshape(x.shape[0], self.out_features, *[1] * (x.dim() - 2))
        return y.reshape(x.shape[0], x.shape[1], self.out_features, *[1] * (x.dim() - 3))

    def extra_repr(self) -> str:
        text = f"{self.in_features}, {self.out_features}, beta={self.beta_kind}, alpha={self.alpha_kind}"
        defaults = {"diagonal": "keep", "semantics": "per-sample", "over": "features"}
        return text + "".join(f", {k}={getattr(self, k)}" for k, v in defaults.items() if getattr(self, k) != v)


class SynapseRNN(nn.Module):
    """The recurrent synapse cell over a sequence: h ← h ∘ (1 − f) + f ∘ e ∘ q, where q inhibits by the state h.

    e = σ(W_e z + U_e h + b_e), f = σ(W_f z + U_f h + b_f); q_i = Π_j (1 − σ(weight_ij) h_j) for inhibition "synapse",
    σ(weight h) for "dense", 1 for "none". h starts at 0.1; the result is 4 h_T − 2.

    Args:
        columns: numbers of a step of the sequence.
        states: of the cell.
        inhibition: "synapse", "dense" or "none".

    Shapes:
        [batch, T, columns] to [batch, states]; an image [batch, channels, rows, columns], row by row and channel by channel,
        to [batch, states, 1, 1].

    Parameters, under the names of the program's checkpoints: `weight_ie`, `weight_if` [states, columns]; `weight_he`,
    `weight_hf` [states, states]; `bias_e`, `bias_f` [states]; `weight` [states, states] unless nothing inhibits.
    """

    def __init__(self, columns: int, states: int, inhibition: str = "synapse", *, device: torch.device | str | None = None,
                 dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.columns, self.states = columns, states
        self.inhibition = _check("inhibition", inhibition, INHIBITIONS)

        def empty(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape, device=device, dtype=dtype))

        self.weight_ie, self.weight_he, self.bias_e = empty(states, columns), empty(states, states), empty(states)
        self.weight_if, self.weight_hf, self.bias_f = empty(states, columns), empty(states, states), empty(states)
        if inhibition != "none":
            self.weight = empty(states, states)
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draws the parameters from the program's distributions: Xavier's for the maps, b_f = −1, β about 1/states."""
        for gate in "ef":
            nn.init.xavier_uniform_(getattr(self, f"weight_i{gate}"))
            nn.init.xavier_uniform_(getattr(self, f"weight_h{gate}"))
            nn.init.constant_(getattr(self, f"bias_{gate}"), -1.0 if gate == "f" else 0.0)
        if self.inhibition == "synapse":
            nn.init.normal_(self.weight, -math.log(self.states), 0.5)
        elif self.inhibition == "dense":
            nn.init.xavier_uniform_(self.weight)

    def beta(self) -> Tensor:
        """β = σ(weight) of the product, [states, states]. Raises SynannError where nothing inhibits by one."""
        if self.inhibition != "synapse":
            raise SynannError("a recurrent cell", f'has no β with inhibition "{self.inhibition}"')
        return torch.sigmoid(self.weight)

    def inhibit(self, h: Tensor) -> Tensor | float:
        """q [batch, states] for the states h [batch, states]; 1 where nothing inhibits."""
        if self.inhibition == "synapse":
            return torch.prod(1 - self.beta() * h[:, None, :], 2)
        return torch.sigmoid(h @ self.weight.T) if self.inhibition == "dense" else 1.0

    def cell(self, z: Tensor, h: Tensor) -> Tensor:
        """The states behind one step of the sequence: z [batch, columns], h [batch, states] to [batch, states]."""
        e = torch.sigmoid(z @ self.weight_ie.T + h @ self.weight_he.T + self.bias_e)
        f = torch.sigmoid(z @ self.weight_if.T + h @ self.weight_hf.T + self.bias_f)
        return h * (1 - f) + f * e * self.inhibit(h)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.full((x.shape[0], self.states), 0.1, dtype=x.dtype, device=x.device)
        for z in (x.flatten(1, 2) if x.dim() == 4 else x).unbind(1):
            h = self.cell(z, h)
        y = 4 * h - 2
        return y[:, :, None, None] if x.dim() == 4 else y

    def extra_repr(self) -> str:
        return f"{self.columns}, {self.states}, inhibition={self.inhibition}"
