"""One network that learns: its weights, their running average, its optimiser, its checkpoint."""

import contextlib
import math
import os

import torch
import torch.nn.functional as F

from siamtrain.marked import losses
from siamtrain.marked.net import PLANS, MarkedNet, Projections, normalise
from siamtrain.marked.teachers import DEPTHS

DECAY, CLIP, SLOWEST = 2e-2, 5.0, 0.998  # weight decay, greatest norm of a gradient, the average's share of the old
BACKBONE_RATE = 0.6  # of the rate, where the backbone's weights were taken from another run


def autocast(device):
    """bf16 where a GPU trains."""
    if device.type == "cuda":
        return torch.autocast("cuda", torch.bfloat16)
    return contextlib.nullcontext()


def ready(crops):
    return normalise(crops.float()).contiguous(memory_format=torch.channels_last)


class Student:
    def __init__(self, plan, device, seed=1, **ablation):
        torch.manual_seed(seed)
        self.plan, self.device, self.seen, self.steps = plan, device, {"crops": 0, "pairs": 0}, 0
        self.net = MarkedNet(plan, **ablation).to(device).to(memory_format=torch.channels_last).train()
        self.projections = Projections(self.net.backbone.channels, DEPTHS).to(device)
        self.state = {**{f"net.{k}": v for k, v in self.net.state_dict().items()},
                      **{f"projections.{k}": v for k, v in self.projections.state_dict().items()}}
        self.average = {k: v.detach().clone() for k, v in self.state.items()}
        followed = [k for k, v in self.state.items() if v.is_floating_point()]
        self._kept, self._new = [self.average[k] for k in followed], [self.state[k].detach() for k in followed]
        self.begun = False
        self._optimise()

    def _optimise(self):
        groups = []
        for part, share in ((self.net.backbone, BACKBONE_RATE if self.begun else 1.0), (self.net.neck, 1.0),
                            (self.net.head, 1.0), (self.projections, 1.0)):
            parameters = list(part.parameters())
            groups.append({"params": [p for p in parameters if p.dim() > 1], "weight_decay": DECAY, "share": share})
            groups.append({"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0, "share": share})
        self.parameters = [p for g in groups for p in g["params"]]
        fused = {"fused": True} if self.device.type == "cuda" else {}
        self.optimiser = torch.optim.AdamW(groups, 1e-3, **fused)

    def begin(self, path):
        """Takes from a file of weights whatever fits by name and shape, a plan's missing blocks left out; the number of tensors."""
        saved = torch.load(path, map_location=self.device)["student"]
        taken = 0
        for name, value in self.state.items():
            found = saved.get(name)
            if found is not None and found.shape == value.shape:
                value.data.copy_(found)
                self.average[name].copy_(found)
                taken += 1
        self.begun = True
        self._optimise()
        return taken

    def step(self, terms, rate):
        """One step down the sum of the terms, at `rate`."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["share"]
        self.optimiser.zero_grad(set_to_none=True)
        losses.total(terms).backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.optimiser.step()
        self.steps += 1
        share = 1 - min(SLOWEST, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_mul_(self._kept, 1 - share)
            torch._foreach_add_(self._kept, self._new, alpha=share)

    def learn_features(self, search, features, rate):
        """A step on search crops alone, towards the teachers' features."""
        with autocast(self.device):
            seen = self.net.backbone(search)
            terms = {k: F.mse_loss(self.projections(seen, k).float(), v) for k, v in features.items()}
        self.step(terms, rate)
        self.seen["crops"] += len(search)
        return terms

    def learn_pairs(self, exemplar, search, batch, lesson, rate):
        with autocast(self.device):
            seen, kept = self.net.backbone(search), self.net.backbone(exemplar)
            template = self.net.head.template(self.net.neck(kept), batch.mark)
            logits, sides = self.net.head(template, self.net.neck(seen))
            terms = losses.features(self.projections, seen, kept, lesson)
        terms.update(losses.located(logits, sides, lesson, batch.positive, lesson.weight))
        self.step(terms, rate)
        self.seen["pairs"] += len(search)
        return terms

    def averaged(self):
        """The average's network, for use."""
        net = MarkedNet(self.plan).to(self.device).to(memory_format=torch.channels_last).eval()
        net.load_state_dict({k[4:]: v for k, v in self.average.items() if k.startswith("net.")})
        return net

    def save(self, path, resume=False):
        """Writes the average's weights in fp16 and, to go on exactly, everything else."""
        kept = {k: (self.average[k].half() if v.is_floating_point() else v).cpu() for k, v in self.state.items()}
        out = {"plan": self.plan, "layers": PLANS[self.plan], "seen": self.seen, "steps": self.steps, "student": kept}
        if resume:
            out["resume"] = {"state": {k: v.cpu() for k, v in self.state.items()},
                             "average": {k: v.cpu() for k, v in self.average.items()},
                             "optimiser": self.optimiser.state_dict()}
        torch.save(out, path + ".part")
        os.replace(path + ".part", path)

    def resume(self, path):
        """Goes on from a file that save wrote with resume."""
        saved = torch.load(path, map_location=self.device)
        if "resume" not in saved:
            raise ValueError(f"{path} holds weights alone: give it with --begin")
        for name, value in self.state.items():
            value.data.copy_(saved["resume"]["state"][name])
            self.average[name].copy_(saved["resume"]["average"][name])
        self.optimiser.load_state_dict(saved["resume"]["optimiser"])
        self.seen, self.steps = saved["seen"], saved["steps"]


def rate_at(part, steps, greatest, warm=200):
    """The rate after `part` (0..1) of the time: a cosine down to a 250th, after a warm-up of `warm` steps."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, part)))
    return greatest * min(1.0, (steps + 1) / warm) * (0.004 + 0.996 * cosine)
