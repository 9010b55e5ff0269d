"""What learns: parameters with their optimiser and their running average; and the rate by the clock."""

import math

import torch

from siamtrain.fit.checkpoint import Average
from siamtrain.marked import losses

RATE, DECAY, CLIP = 1e-3, 2e-2, 5.0  # before a step says another; weight decay; greatest norm of a gradient
SLOWEST, WARM = 0.998, 10  # the average's share of the old, and how it warms up


class Learner:
    """A module that learns, with an average of its own kind in the module `copy`.

    shares is [(part of the module, its share of the rate)]; normalisations and biases do not decay.
    """

    def __init__(self, module, copy, shares=None, slowest=SLOWEST):
        self.module, self.average, self.steps = module, Average(module, copy, slowest, WARM), 0
        groups = []
        for part, share in shares or ((module, 1.0),):
            for decay, flat in ((DECAY, False), (0.0, True)):
                chosen = [p for p in part.parameters() if (p.dim() <= 1) == flat]
                groups.append({"params": chosen, "weight_decay": decay, "share": share})
        self.parameters = [p for g in groups for p in g["params"]]
        fused = self.parameters[0].is_cuda and not torch.__version__.startswith("1.")
        self.optimiser = torch.optim.AdamW(groups, RATE, **({"fused": True} if fused else {}))

    def share(self, number, value):
        """Another share of the rate for part `number` of the shares."""
        for group in self.optimiser.param_groups[2 * number : 2 * number + 2]:
            group["share"] = value

    def step(self, terms, rate):
        """One step down the sum of the terms, at `rate`."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["share"]
        self.optimiser.zero_grad(set_to_none=True)
        losses.total(terms).backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.optimiser.step()
        self.steps += 1
        self.average.update(self.steps)

    def state(self):
        """All that its future depends on, for a checkpoint."""
        return {
            "module": self.module.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
        }

    def load_state(self, state):
        """Goes on from what state gave."""
        self.module.load_state_dict(state["module"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps = state["steps"]


def rate_at(part, steps, greatest, warm=200):
    """The rate after `part` (0..1) of the time: a cosine down to a 250th, after a warm-up of `warm` steps."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, part)))
    return greatest * min(1.0, (steps + 1) / warm) * (0.004 + 0.996 * cosine)
