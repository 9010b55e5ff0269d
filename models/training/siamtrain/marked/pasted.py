"""Other targets pasted into crops: beside a target, before a part of it, before all of it."""

import dataclasses

import numpy as np
import torch

from siamtrain.loop.box import SEARCH
from siamtrain.marked.crops import directions, uniform

PART = 0.2, 0.65  # of the target's width and height, each by itself: what is before a part of it
WHOLE = 1.2, 1.8  # the same of what covers it


@dataclasses.dataclass
class Front:
    """What is pasted: into which crops (k,), of which observations (k,), how wide and high (k, 2) in pixels."""

    chosen: np.ndarray
    observed: np.ndarray
    size: torch.Tensor


class Pasted:
    """Pastes targets of a Scene's store; random is a numpy Generator, torch's own generator serves the rest.

    other gives an observation of another track for each of some tracks (k,). Boxes and marks are corners (N, 4) in
    their crops, track (N,) and positive (N,) numpy arrays.
    """

    def __init__(self, scene, random, other):
        self.scene, self.random, self.other = scene, random, other
        self.store, self.device = scene.store, scene.device

    def crowd(self, search, box, track, share):
        """Something about as large, where it does not touch the target."""
        chosen = np.flatnonzero(self.random.random(len(track)) < share)
        target, _, extent = self._targets(box, chosen)
        other = self.other(track[chosen])
        extent = extent.prod(-1).clamp(min=64).sqrt() * uniform(len(chosen), -0.35, 0.35, self.device).exp()
        shape = self.store.tensor(self.store.box[other])
        ratio = (shape[:, 2] / shape[:, 3]).sqrt()
        size = torch.stack([extent * ratio, extent / ratio], -1).clamp(6, 220)
        at = torch.rand(len(chosen), 2, device=self.device) * SEARCH
        low, high = at - size / 2, at + size / 2
        free = ((high < target[:, :2]).any(1) | (low > target[:, 2:]).any(1)).nonzero()[:, 0]
        index = free.cpu().numpy()
        return self._paste(search, Front(chosen[index], other[index], size[free]), at[free])

    def front(self, crops, box, track, positive, share):
        """(crops with something before a part of the target, the Front that it is)."""
        chosen = np.flatnonzero((self.random.random(len(track)) < share) & positive)
        _, centre, extent = self._targets(box, chosen)
        size = (extent * self._span(len(chosen), PART)).clamp(min=4)
        at = centre + extent * (torch.rand(len(chosen), 2, device=self.device) - 0.5)
        front = Front(chosen, self.other(track[chosen]), size)
        return self._paste(crops, front, at), front

    def beside(self, search, box, front, share):
        """A share of what is before exemplars' targets, by the target itself: a mark holds both, and one is meant."""
        some = np.flatnonzero(self.random.random(len(front.chosen)) < share)
        front = Front(front.chosen[some], front.observed[some], front.size[self.store.tensor(some)])
        _, centre, extent = self._targets(box, front.chosen)
        reach = (extent + front.size) / 2  # of the centres, where the two touch
        way = directions(len(some), self.device)
        way = way / way.abs().amax(-1, keepdim=True) * (1 + torch.rand(len(some), 1, device=self.device))
        return self._paste(search, front, centre + way * reach)

    def cover(self, search, box, track, positive, share):
        """(search crops with something before all of some targets, which (N,) these are)."""
        covered = (self.random.random(len(track)) < share) & positive
        chosen = np.flatnonzero(covered)
        _, centre, extent = self._targets(box, chosen)
        front = Front(chosen, self.other(track[chosen]), extent * self._span(len(chosen), WHOLE))
        return self._paste(search, front, centre), covered

    def _targets(self, box, chosen):
        """(corners (k, 4), centres (k, 2), extents (k, 2)) of the targets in the crops `chosen` (k,)."""
        target = box[self.store.tensor(chosen)]
        return target, (target[:, :2] + target[:, 2:]) / 2, target[:, 2:] - target[:, :2]

    def _span(self, n, between):
        return between[0] + torch.rand(n, 2, device=self.device) * (between[1] - between[0])

    def _paste(self, crops, front, at):
        if not len(front.chosen):
            return crops
        return self.scene.paste(crops, self.store.tensor(front.chosen), front.observed, at, front.size)
