"""Looks at a network between steps: boxes on pairs of held-back sequences, and the long-gap probe."""

import contextlib

import torch

from siamtrain.fit.losses import iou_giou
from siamtrain.fit.precision import mixed
from siamtrain.marked.cells import best_boxes, corners
from siamtrain.marked.pairs import Sampler
from siamtrain.marked.probe import Probe
from siamtrain.marked.student import ready

BATCHES, PAIRS = 4, 256  # held-back pairs
HIT = 0.5  # IoU
SEED = 1_000_000


@contextlib.contextmanager
def seeded(seed, device):
    """torch's random numbers from a seed, and afterwards as if none had been drawn."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


class Validation:
    """Held-back pairs, [pairs.Batch], and the probe's crops in the file `probe`; teachers may be measured beside."""

    def __init__(self, held, probe, device, precision, teachers=None):
        self.held, self.device, self.precision, self.teachers = held, device, precision, teachers
        self.probe = Probe(probe, device) if probe else None

    @classmethod
    def of(cls, stream, probe="", pairs=0):
        """What a stream has to look at, drawn once, the same whatever it has drawn before; pairs: at once (a batch)."""
        s, held = stream.settings, []
        if len(stream.store.held_tracks):
            sampler = Sampler(stream.store, s.shares, SEED)
            with torch.no_grad(), seeded(SEED, stream.device):
                held = [sampler.pairs(pairs or min(PAIRS, s.batch), held=True) for _ in range(BATCHES)]
        return cls(held, probe, stream.device, s.precision, stream.teachers)

    @torch.no_grad()
    def measure(self, net):
        """How good a network is, by name; nothing where there is nothing to measure it on."""
        ious = []
        for batch in self.held:
            with mixed(self.precision, self.device):
                logits, sides = net(ready(batch.exemplar), batch.mark, ready(batch.search))
            ious.append(iou_giou(best_boxes(logits, corners(sides.float()))[0], batch.box)[0])
        return self._listed(ious, self.probe and self.probe.measure(net, self.precision)[0])

    def measure_teacher(self):
        """The same of NanoTrack v3, where it teaches."""
        if not self.teachers:
            return {}
        ious = [self.teachers.teach(batch, features=False).iou for batch in self.held]
        return self._listed(ious, self.probe and self.probe.measure_teacher(self.teachers)[0])

    @staticmethod
    def _listed(ious, probed):
        found = {}
        if ious:
            iou = torch.cat(ious)
            found["held_iou"], found["held_hits"] = float(iou.mean()), float((iou > HIT).float().mean())
        if probed:
            found["probe_iou"], found["probe_hits"], found["probe_response"] = probed
        return found
