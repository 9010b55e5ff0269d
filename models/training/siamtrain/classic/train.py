"""Trains the classic network: supervised on tracks, or unsupervised on whatever unsup.py makes of unlabelled data."""

import copy
import dataclasses
import logging
import math
import os
import time

import numpy as np
import torch

from siamtrain.backbone import lite0
from siamtrain.classic.network import RESPONSE, STRIDE, SiamFC
from siamtrain.data import crop
from siamtrain.fit import calibrate, checkpoint, losses, watch
from siamtrain.fit.frozen import Early, Frozen

FIT_BATCHES = 4  # to which scale and bias are fitted before the first step
SCALE_RATE = 10.0  # of rate, for scale and bias: two numbers that must follow what the others do
POSITIVE_RADIUS = 16.0  # pixels of the search crop; Bertinetto et al. (2016), section 4.1


@dataclasses.dataclass
class Settings:
    """What a run is made of; all of it is stored beside the weights."""

    steps: int = 1500
    batch: int = 16
    rate: float = 5e-4
    backbone_rate: float = 0.2  # of rate, for the pretrained blocks
    decay: float = 1e-4
    warmup: int = 50
    others: float = 0.5  # share of the negatives' weight that goes to the batch's other scenes
    look: int = 100  # steps between validations
    patience: int = 8  # validations without a better one before the run stops
    seed: int = 0


def positives(offset):
    """Cells (N, 17, 17) within POSITIVE_RADIUS of the target, whose offset (N, 2) is from the crop's centre."""
    cells = (torch.arange(RESPONSE, dtype=torch.float32) - RESPONSE // 2) * STRIDE
    dx, dy = cells[None, None, :] - offset[:, 0, None, None], cells[None, :, None] - offset[:, 1, None, None]
    return dx.pow(2) + dy.pow(2) <= POSITIVE_RADIUS**2


def own_responses(exemplars, searches):
    """Plain correlations (N, h, w) of N exemplars' features, each with its own search features."""
    n, c, h, w = searches.shape
    return torch.nn.functional.conv2d(searches.reshape(1, n * c, h, w), exemplars, groups=n)[0]


def pair_loss(logits, offset, group, others):
    """Balanced logistic loss of (N, N, 17, 17) logits.

    Search i under exemplar i holds the target, under any other scene's it does not.

    Half the weight is the positives', the other half is split between the own map's negatives and the other scenes'.
    """
    n = len(offset)
    own = logits[torch.arange(n), torch.arange(n)]
    positive = positives(offset)
    foreign = group[:, None] != group[None]
    loss = losses.balanced_logistic(own, positive)
    if not others or not foreign.any():
        return loss
    miss = torch.nn.functional.softplus(logits.flatten(2)).mean(2)[foreign].mean()
    hit = (torch.nn.functional.softplus(-own) * positive).flatten(1).sum(1) / positive.flatten(1).sum(1)
    return (1 - others) * loss + others * 0.5 * (miss + hit.mean())


def tensors(batch):
    """A pairs.Batch as the network's inputs and labels."""
    z, x = (torch.from_numpy(crop.planar(c)) for c in (batch.exemplars, batch.searches))
    return z, x, torch.from_numpy(batch.offset), torch.from_numpy(batch.group)


class Trainer:
    """One run. pairs.batch(step, size) gives training pairs; `held` is a list of batches that never train."""

    def __init__(self, net, pairs, held, settings, folder, fitted=False):
        self.net, self.pairs, self.held, self.settings, self.folder = net, pairs, held, settings, folder
        self.fitted = fitted  # scale and bias already suit the network
        torch.manual_seed(settings.seed)
        self.early = Frozen(Early(net)) if net.frozen else lambda images: net.backbone.early(images, 0)
        shares = (settings.backbone_rate, 1.0, SCALE_RATE)
        groups = [{"params": p, "share": s} for p, s in zip(net.trained(), shares)]
        self.optimiser = torch.optim.AdamW(groups, settings.rate, weight_decay=settings.decay)
        self.step, self.stopping = 0, watch.EarlyStopping(settings.patience)
        self.average = checkpoint.Average(net, copy.deepcopy(net))
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def resume(self):
        """Goes on from the folder's checkpoint where there is one; whether there was."""
        if not os.path.exists(self.path("last.pt")):
            return False
        self.step, state = checkpoint.load(self.path("last.pt"), self.net, self.average, self.optimiser)
        self.stopping = watch.EarlyStopping(self.settings.patience, **state)
        logging.info("resumed at step %d", self.step)
        return True

    def save(self):
        checkpoint.save(self.path("last.pt"), self.net, self.average, self.optimiser, self.step, self.stopping.state())

    def run(self, until=None):
        """Trains to the last step, to `until`, or until validation stops improving. Returns the averaged network."""
        s = self.settings
        curve = watch.Curve(self.path("curve.jsonl"), self.step)
        if self.step == 0:
            self._begin(curve)
        end, total, count, began = min(s.steps, until or s.steps), 0.0, 0, time.process_time()
        while self.step < end:
            total, count = total + self._step(), count + 1
            if self.step % s.look and self.step != s.steps:
                continue
            figures = self.validate()
            curve.add(
                step=self.step,
                pairs=self.step * s.batch,
                loss=total / count,
                seconds=round(time.process_time() - began, 1),
                **figures,
            )
            logging.info(
                "step %d of %d: loss %.4f, held back: %s",
                self.step,
                s.steps,
                total / count,
                ", ".join(f"{k} {v:.4f}" for k, v in figures.items()),
            )
            total, count = 0.0, 0
            watch.check_spread(figures["spread"])
            better, stop = self.stopping.look(-figures["held_loss"])
            if better:
                torch.save(self.average.state_dict(), self.path("best.pt"))
            self.save()
            if stop:
                logging.info("no better for %d looks: stopped", s.patience)
                break
        self.save()
        return self.average.model

    def _features(self, net, images):
        return net.late(self.early(images))

    def _begin(self, curve):
        if not self.fitted:
            self._fit_scale()
        self.average = checkpoint.Average(self.net, self.average.model)
        curve.add(step=0, pairs=0, **self.validate())

    def _fit_scale(self):
        """Fits scale and bias to what the untrained network says, and looks that it tells things apart at all."""
        raw, positive, pooled = [], [], []
        with torch.no_grad():
            for k in range(FIT_BATCHES):
                z, x, offset, _ = tensors(self.pairs.batch(k, self.settings.batch))
                kept = self._features(self.net, z)
                raw.append(own_responses(kept, self._features(self.net, x)))
                positive.append(positives(offset))
                pooled.append(kept.mean((2, 3)))
        watch.check_spread(watch.spread(torch.cat(pooled)))
        raw = torch.cat(raw)
        scale, bias = calibrate.scale_and_bias(raw, torch.cat(positive))
        if not 0 < scale < math.inf:
            scale = 1 / raw.std().item()
            bias = -scale * raw.mean().item()
            logging.warning("the network as it begins does not find targets; a scale of %.3g is tried", scale)
        self.net.set_scale(scale, bias)

    def _step(self):
        s = self.settings
        progress = self.step / s.steps
        rate = s.rate * min(1, (self.step + 1) / s.warmup) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["share"]
        z, x, offset, group = tensors(self.pairs.batch(self.step, s.batch))
        logits = self.net.responses(self._features(self.net, z), self._features(self.net, x))
        loss = pair_loss(logits, offset, group, s.others)
        self.optimiser.zero_grad()
        loss.backward()
        parameters = [p for g in self.optimiser.param_groups for p in g["params"]]
        torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        self.optimiser.step()
        self.step += 1
        self.average.update(self.step)
        if not math.isfinite(loss.item()):
            raise watch.Diverged(f"the loss is {loss.item()} at step {self.step}; lower --rate")
        return loss.item()

    @torch.no_grad()
    def validate(self):
        """The averaged network's loss, share of peaks within POSITIVE_RADIUS and spread, on the held-back batches."""
        net, found, total, pooled = self.average.model, [], 0.0, []
        for batch in self.held:
            z, x, offset, group = tensors(batch)
            features = self._features(net, z)
            logits = net.responses(features, self._features(net, x))
            total += pair_loss(logits, offset, group, self.settings.others).item()
            own = logits[torch.arange(len(offset)), torch.arange(len(offset))].flatten(1)
            found += positives(offset).flatten(1).gather(1, own.argmax(1, keepdim=True))[:, 0].tolist()
            pooled.append(features.mean((2, 3)))
        return {
            "held_loss": total / len(self.held),
            "held_hits": float(np.mean(found)),
            "spread": watch.spread(torch.cat(pooled)),
        }


def new_network(settings, channels=80, frozen=3, pretrained=True):
    """A SiamFC on Lite0 whose neck starts by changing nothing. Without ImageNet weights nothing is frozen."""
    torch.manual_seed(settings.seed)
    net = SiamFC(channels, frozen if pretrained else 0)
    torch.nn.init.dirac_(net.neck.weight.data)
    torch.nn.init.zeros_(net.neck.bias)
    if pretrained:
        lite0.load_imagenet(net.backbone)
    else:
        lite0.start_random(net.backbone)
    for p in [*net.backbone.stem.parameters(), *net.backbone.blocks[: net.frozen].parameters()]:
        p.requires_grad_(not pretrained)
    return net
