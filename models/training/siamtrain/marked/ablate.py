"""What each part of the head gives: heads compared on one student's frozen features, on the same pairs."""

import dataclasses
import time

import torch

from siamtrain.marked import losses
from siamtrain.marked.net import PLANS, Head
from siamtrain.marked.student import CLIP, DECAY, autocast, rate_at, ready


@dataclasses.dataclass(frozen=True)
class Variant:
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


class _Candidate:
    def __init__(self, variant, width, device):
        torch.manual_seed(1)
        self.variant = variant
        self.head = Head(width, variant.blocks, variant.marked, variant.depthwise, variant.attention).to(device)
        self.head = self.head.to(memory_format=torch.channels_last)
        self.average = [v.detach().clone() for v in self.head.state_dict().values()]
        self.optimiser = torch.optim.AdamW(self.head.parameters(), 2e-3, weight_decay=DECAY)
        self.steps = 0

    def learn(self, z, x, batch, lesson, rate):
        weight = lesson.weight if self.variant.swapped else lesson.weight * ~batch.swapped
        with autocast(x.device):
            logits, sides = self.head(self.head.template(z, batch.mark), x)
        terms = losses.located(logits, sides, lesson, batch.positive, weight, self.variant.target)
        if not self.variant.peak:
            terms.pop("peak", None)
        self.optimiser.param_groups[0]["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        losses.total(terms).backward()
        torch.nn.utils.clip_grad_norm_(self.head.parameters(), CLIP)
        self.optimiser.step()
        self.steps += 1
        share = 1 - min(0.99, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for kept, new in zip(self.average, self.head.state_dict().values()):
                if kept.is_floating_point():
                    kept.lerp_(new, share)
                else:
                    kept.copy_(new)

    def settle(self):
        """Takes on the average's weights, for use."""
        self.head.load_state_dict(dict(zip(self.head.state_dict(), self.average)))
        self.head.eval()


def run(trainer, seconds):
    """Trains every variant for `seconds` altogether beside one another and says what each reaches."""
    device, settings = trainer.device, trainer.settings
    student = next(s for s in trainer.students if s.plan == settings.ablate_plan)
    net = student.averaged()
    candidates = [_Candidate(v, net.width, device) for v in variants(PLANS[student.plan][1])]
    begin, steps = time.time(), 0
    while time.time() - begin < seconds:
        rate = rate_at((time.time() - begin) / seconds, steps, 2e-3, warm=50)
        with torch.no_grad():
            batch = trainer.sampler.batch(settings.batch)
            lesson = trainer.teachers.teach(batch)
        for _ in range(settings.reuse):
            grey = torch.rand(settings.batch, device=device) < 0.1
            search, exemplar = trainer._light(batch.search, 1.0, True, grey), trainer._light(batch.exemplar, 0.7, False, grey)
            with torch.no_grad(), autocast(device):
                z, x = net.neck(net.backbone(exemplar)), net.neck(net.backbone(search))
            for candidate in candidates:
                candidate.learn(z, x, batch, lesson, rate)
            steps += 1
    trainer.say(f"ABLATION on {student.plan}'s features: {steps * settings.batch} pairs each")
    for candidate in candidates:
        candidate.settle()
        net.head = candidate.head
        text = f"ABLATION {candidate.variant.name}:"
        for name, value in trainer.measure(net).items():
            text += f" {name} {value:.4f}"
        trainer.say(text)
