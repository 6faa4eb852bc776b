"""The encoder's upper layers in PyTorch, with a head that tells the levels, and how they learn."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH = 384
_HEADS = 12
# Chosen on one of three folds of the examples, near-duplicates in the same fold; see
# docs/decisions/escalation.md.
_HIDDEN = 128
_PASSES = 3
_BATCH = 64
_RATE_OF_LAYERS = 1.5e-4
_RATE_OF_HEAD = 1e-3
_WEIGHT_DECAY = 0.01
_WARM_UP = 0.06  # of all steps
_LABEL_SMOOTHING = 0.02
_DROPOUT = 0.1
_LINEAR = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


class Layer(nn.Module):
    """One layer of BERT. `weights` has its parameters by their names, linear ones (out, in)."""

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        super().__init__()
        self.parts = nn.ModuleDict()
        for name in _LINEAR:
            outputs, inputs = weights[f"{name}.weight"].shape
            self.parts[_key(name)] = nn.Linear(inputs, outputs)
        for name in _NORMS:
            self.parts[_key(name)] = nn.LayerNorm(WIDTH, eps=1e-12)
        for name in (*_LINEAR, *_NORMS):
            for kind in ("weight", "bias"):
                value = torch.from_numpy(weights[f"{name}.{kind}"].astype(np.float32))
                getattr(self.parts[_key(name)], kind).data = value

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Tokens (texts, tokens, numbers) after this layer."""

        def apart(numbers: Tensor) -> Tensor:
            return numbers.unflatten(-1, (_HEADS, -1)).transpose(1, 2)

        query, key, value, dense, inner, outer = (self.parts[_key(name)] for name in _LINEAR)
        after_attention, after_dense = (self.parts[_key(name)] for name in _NORMS)
        looked = F.scaled_dot_product_attention(
            apart(query(tokens)), apart(key(tokens)), apart(value(tokens)), attn_mask=mask
        )
        looked = dense(looked.transpose(1, 2).flatten(2))
        tokens = after_attention(tokens + F.dropout(looked, _DROPOUT, self.training))
        thought = outer(F.gelu(inner(tokens)))
        return after_dense(tokens + F.dropout(thought, _DROPOUT, self.training))

    def named(self) -> dict[str, np.ndarray]:
        """The parameters by their names."""
        return {
            f"{name}.{kind}": getattr(self.parts[_key(name)], kind).detach().numpy()
            for name in (*_LINEAR, *_NORMS)
            for kind in ("weight", "bias")
        }


class Network(nn.Module):
    """Layers, the mean of the tokens as a vector, and a head that also sees other numbers."""

    def __init__(
        self, layers: Sequence[Mapping[str, np.ndarray]], others: int, classes: int
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(weights) for weights in layers)
        self.hidden = nn.Linear(WIDTH + others, _HIDDEN)
        self.out = nn.Linear(_HIDDEN, classes)

    def forward(self, tokens: Tensor, mask: Tensor, others: Tensor) -> Tensor:
        """Scores of the classes for each text."""
        for layer in self.layers:
            tokens = layer(tokens, mask[:, None, None, :].bool())
        mean = (tokens * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        vector = F.normalize(mean.float(), dim=-1) * WIDTH**0.5
        inputs = F.dropout(torch.cat([vector, others], -1), _DROPOUT, self.training)
        hidden = F.relu(self.hidden(inputs))
        return self.out(F.dropout(hidden, 2 * _DROPOUT, self.training))


def tune(
    network: Network, halves: Sequence[np.ndarray], others: np.ndarray, labels: Sequence[int]
) -> None:
    """Teaches the network.

    Args:
        network: with the encoder's own weights.
        halves: each text as the layers below give it, of shape (tokens, numbers).
        others: the other numbers of each text.
        labels: the class of each, counted from 0.
    """
    torch.manual_seed(0)
    chance = np.random.RandomState(0)
    extra, wanted = torch.from_numpy(others).float(), torch.tensor(labels)
    head = [*network.hidden.parameters(), *network.out.parameters()]
    groups = [
        {"params": network.layers.parameters(), "lr": _RATE_OF_LAYERS},
        {"params": head, "lr": _RATE_OF_HEAD},
    ]
    learner = torch.optim.AdamW(groups, weight_decay=_WEIGHT_DECAY)
    steps = _PASSES * -(-len(halves) // _BATCH)
    warm = _WARM_UP * steps
    pace = torch.optim.lr_scheduler.LambdaLR(
        learner, lambda step: min(1, (step + 1) / warm) * max(0, 1 - step / steps)
    )
    short = "_bf16" in Path("/proc/cpuinfo").read_text()  # elsewhere it takes three times as long
    network.train()
    began, step = time.monotonic(), 0
    for _ in range(_PASSES):
        for rows in _batches(halves, chance):
            tokens, mask = _packed([halves[row] for row in rows])
            with torch.autocast("cpu", torch.bfloat16, enabled=short):
                scores = network(tokens, mask, extra[rows])
            loss = F.cross_entropy(scores.float(), wanted[rows], label_smoothing=_LABEL_SMOOTHING)
            learner.zero_grad()
            loss.backward()
            learner.step()
            pace.step()
            step += 1
            if step % 100 == 0:
                print(f"step {step} of {steps}, {time.monotonic() - began:.0f} s", flush=True)
    network.eval()


def _key(name: str) -> str:
    return name.replace(".", "_")


def _batches(halves: Sequence[np.ndarray], chance: np.random.RandomState) -> Iterator[np.ndarray]:
    """Rows in groups of about one length, the groups in any order."""
    lengths = np.array([len(half) for half in halves]) + chance.uniform(0, 3, len(halves))
    order = np.argsort(lengths)
    groups = [order[first : first + _BATCH] for first in range(0, len(order), _BATCH)]
    chance.shuffle(groups)
    yield from groups


def _packed(halves: Sequence[np.ndarray]) -> tuple[Tensor, Tensor]:
    longest = max(map(len, halves))
    tokens, mask = torch.zeros(len(halves), longest, WIDTH), torch.zeros(len(halves), longest)
    for row, half in enumerate(halves):
        tokens[row, : len(half)] = torch.from_numpy(half).float()
        mask[row, : len(half)] = 1
    return tokens, mask
