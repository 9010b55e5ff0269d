"""What each part of the head gives: heads compared on one network's frozen features, on the same pairs."""

import copy
import dataclasses
import time

import torch

from siamtrain.fit.precision import mixed
from siamtrain.marked import losses
from siamtrain.marked.learner import Learner, rate_at
from siamtrain.marked.network import PLANS, Head

RATE, WARM, SLOWEST = 2e-3, 50, 0.99  # of the comparison's few steps


@dataclasses.dataclass(frozen=True)
class Variant:
    """A head, and what it learns from."""

    name: str
    blocks: tuple
    depthwise: bool = True
    attention: bool = True
    marked: bool = True
    target: str = "binary"
    peak: bool = True
    swapped: bool = True  # sees pairs before another scene


def variants(blocks):
    """From a plain head to the whole one, then the whole without one thing each."""
    bare = dict(depthwise=False, attention=False, marked=False, target="quality")
    return [
        Variant("plain: pixelwise correlation, one layer a tower, IoU as target", (0, 0), **bare),
        Variant("+ depth", blocks, **bare),
        Variant("+ depthwise correlation", blocks, **{**bare, "depthwise": True}),
        Variant("+ attention", blocks, marked=False, target="quality"),
        Variant("+ mark", blocks, target="quality"),
        Variant("+ binary target and peak: the whole", blocks),
        Variant("whole without the peak term", blocks, peak=False),
        Variant("whole without other scenes", blocks, swapped=False),
        Variant("whole without the mark", blocks, marked=False),
    ]


class Candidate:
    """A variant's head; they all begin from the same random numbers."""

    def __init__(self, variant, width, device, precision):
        torch.manual_seed(1)
        self.variant, self.device, self.precision = variant, device, precision
        self.head = Head(width, variant.blocks, variant.marked, variant.depthwise, variant.attention)
        self.head = self.head.to(device).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.head).eval()
        self.learner = Learner(self.head, self.average, slowest=SLOWEST)

    def learn(self, kept, seen, batch, lesson, rate):
        """A step on the features of a batch."""
        weight = lesson.weight if self.variant.swapped else lesson.weight * ~batch.swapped
        with mixed(self.precision, self.device):
            logits, sides = self.head(self.head.template(kept, batch.mark), seen)
        terms = losses.located(logits, sides, lesson, batch.positive, weight, self.variant.target)
        if not self.variant.peak:
            terms.pop("peak", None)
        self.learner.step(terms, rate)


def run(stream, net, validation, seconds, say):
    """Trains every variant for `seconds` altogether beside one another and says what each reaches.

    net is a MarkedNet in evaluation mode, which stays as it is; validation measures networks.
    """
    s, whole, begin, steps = stream.settings, net.head, time.monotonic(), 0
    candidates = [Candidate(v, net.width, stream.device, s.precision) for v in variants(PLANS[net.plan][1])]
    while time.monotonic() - begin < seconds:
        rate = rate_at((time.monotonic() - begin) / seconds, steps, RATE, WARM)
        batch, lesson = stream.draw(features=False)
        for _ in range(s.reuse):
            exemplar, search = stream.lit(batch)
            with torch.no_grad(), mixed(s.precision, stream.device):
                kept, seen = net.features(exemplar), net.features(search)
            for candidate in candidates:
                candidate.learn(kept, seen, batch, lesson, rate)
            steps += 1
    say(f"ablation on {net.plan}'s features: {steps * s.batch} pairs each")
    for candidate in candidates:
        net.head = candidate.average
        figures = ", ".join(f"{k} {v:.4f}" for k, v in validation.measure(net).items())
        say(f"ablation: {candidate.variant.name}: {figures}")
    net.head = whole
