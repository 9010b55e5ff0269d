"""Saving a run so that going on from it gives the same weights as never having stopped."""

import os

import torch

from siamtrain.errors import DataError

FORMAT = 1


def save(path, model, average, optimiser, step, watch):
    """Writes everything a run's future depends on, in one step: a broken write leaves the older file.

    Data order needs no state: batch k is a function of the seed and k. watch is a plain dict.
    """
    part = f"{path}.part"
    torch.save(
        {
            "format": FORMAT,
            "model": model.state_dict(),
            "average": average.state_dict(),
            "optimiser": optimiser.state_dict(),
            "step": step,
            "rng": torch.get_rng_state(),
            "watch": watch,
        },
        part,
    )
    os.replace(part, path)


def load(path, model, average, optimiser):
    """Restores what save wrote into the given objects and torch's generator; returns (step, watch)."""
    state = torch.load(path, map_location="cpu")
    if state.get("format") != FORMAT:
        raise DataError(f"{path}: checkpoint format {state.get('format')}, {FORMAT} is read by this version")
    try:
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
    except (RuntimeError, ValueError) as err:
        raise DataError(f"{path}: of another network or other settings; begin another run in another folder") from err
    torch.set_rng_state(state["rng"])
    return state["step"], state["watch"]


class Average:
    """Exponential moving average of a model's floating-point weights (buffers are copied), in a model of its own.

    The decay warms up as (1 + step) / (warm + step), so that the first weights are soon forgotten.
    """

    def __init__(self, model, copy, decay=0.998, warm=20):
        self.model, self.decay, self.warm = copy, decay, warm
        copy.load_state_dict(model.state_dict())
        for p in copy.parameters():
            p.requires_grad_(False)
        pairs = list(zip(copy.state_dict().values(), (v.detach() for v in model.state_dict().values())))
        # Weights stay where they are, so one call moves all of them: on a GPU each call costs more than its work.
        self._mine, self._theirs = (list(v) for v in zip(*(p for p in pairs if p[0].dtype.is_floating_point)))
        self._counters = [p for p in pairs if not p[0].dtype.is_floating_point]

    @torch.no_grad()
    def update(self, step):
        decay = min(self.decay, (1 + step) / (self.warm + step))
        torch._foreach_mul_(self._mine, decay)
        torch._foreach_add_(self._mine, self._theirs, alpha=1 - decay)
        for mine, theirs in self._counters:
            mine.copy_(theirs)

    def state_dict(self):
        return self.model.state_dict()

    def load_state_dict(self, state):
        self.model.load_state_dict(state)
