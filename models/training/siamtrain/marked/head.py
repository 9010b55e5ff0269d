"""Trains heads alone on frozen features: what a CPU can do for a network whose backbone a GPU has trained."""

import time

import torch

from siamtrain.marked import losses
from siamtrain.marked.student import CLIP, autocast, rate_at, ready
from siamtrain.marked.scene import degrade, recolour


class HeadTrainer:
    """One network's head: its optimiser and its average; .net is used in inference mode but for the head."""

    def __init__(self, net):
        self.net, self.steps = net, 0
        for part in (net.backbone, net.neck):
            part.requires_grad_(False)
        net.eval()
        self.average = {k: v.detach().clone() for k, v in net.head.state_dict().items()}
        self.optimiser = torch.optim.AdamW(net.head.parameters(), 1e-3, weight_decay=2e-2)

    @torch.no_grad()
    def features(self, exemplar, search, bf16):
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            return [self.net.neck(self.net.backbone(c)).float() for c in (exemplar, search)]

    def learn(self, z, x, batch, lesson, rate, bf16):
        self.net.head.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits, sides = self.net.head(self.net.head.template(z, batch.mark), x)
        terms = losses.located(logits, sides, lesson, batch.positive, lesson.weight)
        self.optimiser.param_groups[0]["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        losses.total(terms).backward()
        torch.nn.utils.clip_grad_norm_(self.net.head.parameters(), CLIP)
        self.optimiser.step()
        self.steps += 1
        share = 1 - min(0.998, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, new in self.net.head.state_dict().items():
                kept = self.average[name]
                kept.lerp_(new, share) if kept.is_floating_point() else kept.copy_(new)
        return terms
