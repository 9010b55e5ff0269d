"""Trains the box network: first its features on any crop, then everything on pairs.

Both phases read a ring that a generator fills (box.distill). The learning rate follows the clock, so a run ends when it is told
to whatever else the machine does.
"""

import dataclasses
import functools
import json
import logging
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from siamtrain.box import colour, losses, teachers, validate
from siamtrain.box.distill import STOP, UNIT, WRITTEN
from siamtrain.box.network import BoxNet, Projections, normalise, planes
from siamtrain.fit import checkpoint

TEACHERS = {"fear": teachers.FEAR_DEPTH, "nano": teachers.NANO_DEPTH}
BACKBONE = "net.backbone."  # of a Student's weights
FEATURES, PAIRS = "features", "pairs"  # the phases
LOG_EVERY = 100
CHECKPOINT, AVERAGE, LOG = "checkpoint.pt", "average.pt", "log.jsonl"


@dataclasses.dataclass
class Settings:
    """One phase of a run. box, teacher_response, teacher_box and feature weigh terms of the loss."""

    phase: str = PAIRS
    minutes: float = 60.0  # of the clock, until the learning rate reaches its end
    rate: float = 2e-3
    last_rate: float = 0.005  # of rate, at the end
    backbone_rate: float = 1.0  # factor on the backbone's rate
    warmup: int = 80  # steps
    batch: int = 24
    threads: int = 1
    seed: int = 0
    decay: float = 0.997  # of the moving average
    plan: str = "g"
    save_every: float = 120.0  # seconds
    box: float = 2.0
    teacher_response: float = 1.0
    teacher_box: float = 1.0
    feature: float = 1.5
    precision: str = "auto"  # see mixed


def mixed(name):
    """A context in which the network runs: "bf16" casts what gains by it, "fp32" nothing, "auto" is bf16 where the CPU computes in it.

    Elsewhere bf16 is emulated, at less than a tenth of fp32's speed.
    """
    if name == "auto":
        name = "bf16" if native_bf16() else "fp32"
    return torch.autocast("cpu", torch.bfloat16, enabled=name == "bf16")


@functools.cache
def native_bf16():
    """Whether this CPU multiplies bf16 itself, as Linux lists its features; False where it does not say."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            return any(word in line.split() for line in file if line.startswith("flags") for word in ("avx512_bf16", "amx_bf16"))
    except OSError:
        return False


class Student(nn.Module):
    """The network and what only training needs of it."""

    def __init__(self, plan):
        super().__init__()
        self.net = BoxNet(plan)
        self.projections = Projections(self.net.backbone.channels, TEACHERS)


class Trainer:
    """A student, its optimiser and moving average. step() takes one batch of a ring."""

    def __init__(self, settings, folder):
        torch.manual_seed(settings.seed)
        os.makedirs(folder, exist_ok=True)
        self.settings, self.folder = settings, folder
        self.student = Student(settings.plan).to(memory_format=torch.channels_last).train()
        self.average = checkpoint.Average(self.student, Student(settings.plan), settings.decay)
        slow = list(self.student.net.backbone.parameters())
        known = {id(p) for p in slow}
        fast = [p for p in self.student.parameters() if id(p) not in known]
        groups = [{"params": slow, "factor": settings.backbone_rate}, {"params": fast, "factor": 1.0}]
        fused = {} if torch.__version__.startswith("1.") else {"fused": True}  # on a CPU since torch 2.4
        self.optimiser = torch.optim.AdamW(groups, settings.rate, weight_decay=1e-2, **fused)
        self.step_number, self.seen, self.spent = 0, {"crops": 0, "pairs": 0}, 0.0
        self.rng = np.random.default_rng(settings.seed)

    def begin_from(self, path):
        """Takes weights, not the optimiser's state, from an average.pt of an earlier phase or run."""
        saved = torch.load(path, map_location="cpu")
        state = {k: v.float() if v.is_floating_point() else v for k, v in saved["student"].items()}
        if saved["plan"] != self.settings.plan:
            own = self.student.state_dict()
            state = {**own, **transplanted(state, own)}
        self.student.load_state_dict(state)
        self.average.load_state_dict(self.student.state_dict())
        self.seen = dict(saved["seen"])

    def resume(self):
        """Goes on from the folder's checkpoint of this phase: same weights, optimiser, clock and random numbers."""
        path = os.path.join(self.folder, CHECKPOINT)
        self.step_number, watch = checkpoint.load(path, self.student, self.average, self.optimiser)
        self.seen, self.spent = dict(watch["seen"]), watch["spent"]
        self.rng.bit_generator.state = watch["rng"]

    def save(self):
        """Writes checkpoint.pt (to resume from) and average.pt (to export, or to begin another phase from)."""
        watch = {"seen": self.seen, "spent": self.spent, "rng": self.rng.bit_generator.state, "settings": dataclasses.asdict(self.settings)}
        checkpoint.save(os.path.join(self.folder, CHECKPOINT), self.student, self.average, self.optimiser, self.step_number, watch)
        write_average(os.path.join(self.folder, AVERAGE), self.average.state_dict(), self.settings.plan, self.seen)

    def rate(self):
        """The learning rate now: a short linear start, then half a cosine over the minutes spent."""
        s = self.settings
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, self.spent / (60 * s.minutes))))
        return s.rate * min(1.0, (self.step_number + 1) / s.warmup) * (s.last_rate + (1 - s.last_rate) * cosine)

    def step(self, sample):
        """One update on a batch of the ring; returns the loss's terms."""
        rate = self.rate()
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        terms = feature_terms(self, sample) if self.settings.phase == FEATURES else pair_terms(self, sample)
        loss = terms.pop("loss")
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        self.optimiser.step()
        self.average.update(self.student, self.step_number)
        self.step_number += 1
        self.seen["crops" if self.settings.phase == FEATURES else "pairs"] += len(sample["search"])
        return {k: float(v.detach()) for k, v in terms.items()}


def transplanted(state, own):
    """What of a student's weights `state` fits another one's, `own`, whose backbone is of another plan, by the names that it has there.

    Each layer of the backbone takes the next one of its own shapes, if there is one left; what else has the same shape is taken as it is.
    """
    kept = {k: v for k, v in state.items() if not k.startswith(BACKBONE) and own[k].shape == v.shape}
    old = list(_layers(state).values())
    for number, layer in _layers(own).items():
        fits = (i for i, other in enumerate(old) if {k: v.shape for k, v in other.items()} == {k: v.shape for k, v in layer.items()})
        first = next(fits, None)
        if first is not None:
            kept.update({f"{BACKBONE}{number}.{k}": v for k, v in old[first].items()})
            del old[:first + 1]
    return kept


def _layers(state):
    """{number: {name in the layer: weight}} of a student's backbone, in order."""
    layers = {}
    for key, value in state.items():
        if key.startswith(BACKBONE):
            number, name = key[len(BACKBONE):].split(".", 1)
            layers.setdefault(int(number), {})[name] = value
    return layers


def write_average(path, state, plan, seen, half=False):
    """Weights alone, with what is needed to build the network from them; half stores them as fp16."""
    state = {k: v.half() if half and v.is_floating_point() else v for k, v in state.items()}
    torch.save({"plan": plan, "seen": seen, "student": state}, path + ".part")
    os.replace(path + ".part", path)


def load_network(path):
    """(BoxNet in evaluation mode, what it has seen) from an average.pt."""
    saved = torch.load(path, map_location="cpu")
    net = BoxNet(saved["plan"])
    net.load_state_dict({k[len("net."):]: v.float() if v.is_floating_point() else v for k, v in saved["student"].items() if k.startswith("net.")})
    return net.eval(), saved["seen"]


def tensor(crops, strength, grey):
    """BGR uint8 crops (N, S, S, 3) as the network's input, with new light and colour."""
    return normalise(colour.recolour(planes(crops), strength, grey))


def standard(values):
    """Features of the ring as float tensors, in standard deviations."""
    return torch.from_numpy(values.astype(np.float32)) * (1 / UNIT)


def feature_loss(student, features, targets, precision):
    """Mean squared error to each teacher's standardised features: (mean of them, {teacher: error})."""
    errors = {}
    for name, values in targets.items():
        with mixed(precision):
            guess = student.projections(features, name)
        errors[name] = F.mse_loss(guess.float(), standard(values))
    return sum(errors.values()) / len(errors), errors


def feature_terms(trainer, sample):
    """The feature phase: the backbone's output on any crop."""
    grey = torch.rand(len(sample["search"])) < 0.1
    with mixed(trainer.settings.precision):
        features = trainer.student.net.backbone(tensor(sample["search"], 1.0, grey))
    loss, errors = feature_loss(trainer.student, features, {t: sample[t] for t in TEACHERS}, trainer.settings.precision)
    return {"loss": loss, **errors}


def pair_terms(trainer, sample):
    """The phase of pairs: labels and, where the sample holds them, the teacher's maps (if they can be trusted) and the teachers' features."""
    s, net = trainer.settings, trainer.student.net
    grey = torch.rand(len(sample["search"])) < 0.1
    exemplar, search = tensor(sample["exemplar"], 0.7, grey), tensor(sample["search"], 1.0, grey)
    with mixed(s.precision):
        seen, kept = net.backbone(search), net.backbone(exemplar)
        logits, sides = net.locate(net.neck(kept), net.neck(seen))
    truth = torch.from_numpy(sample["truth"])
    positive = truth[:, 4] > 0
    response, box, iou = losses.supervised(logits, sides, truth[:, :4], positive)
    loss, terms = response + s.box * box, {"response": response, "box": box, "iou": iou}
    if "located" in sample:
        located = torch.from_numpy(sample["located"].astype(np.float32))
        heard, shown = losses.taught(logits, sides, located, positive & (truth[:, 5] > losses.TRUSTED))
        distance, errors = feature_loss(trainer.student, seen, {t: sample[t] for t in TEACHERS}, s.precision)
        small, _ = feature_loss(trainer.student, kept, {"nano": sample["nano_exemplar"]}, s.precision)
        # The exemplar has a quarter of the search crop's cells.
        loss = loss + s.teacher_response * heard + s.teacher_box * shown + s.feature * (distance + 0.25 * small)
        terms.update(heard=heard, shown=shown, small=small, **errors)
    return {"loss": loss, **terms}


class Log:
    """Means of the loss's terms over LOG_EVERY steps: a line of the log, and a row of json in the run's folder."""

    def __init__(self, trainer):
        self.trainer, self.sums, self.count, self.mark = trainer, {}, 0, trainer.spent
        self.file = open(os.path.join(trainer.folder, LOG), "a", buffering=1, encoding="utf-8")

    def add(self, terms, ring):
        t = self.trainer
        for key, value in terms.items():
            self.sums[key] = self.sums.get(key, 0.0) + value
        self.count += 1
        if t.step_number % LOG_EVERY and t.step_number not in (10, 30):
            return
        speed = self.count * t.settings.batch / max(1e-9, t.spent - self.mark)
        row = {"step": t.step_number, **t.seen, "seconds": round(t.spent, 1), "rate": t.rate(), "per_second": round(speed, 1),
               "fresh": int(ring.counters[WRITTEN]), **{k: round(v / self.count, 4) for k, v in self.sums.items()}}
        self.file.write(json.dumps(row) + "\n")
        logging.info(" ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
        self.sums, self.count, self.mark = {}, 0, t.spent

    def close(self):
        self.file.close()


def look(trainer, held):
    """Validates the moving average, keeps it in best.pt where it is the best so far; whether to stop."""
    if held is None:
        return False
    best, stop = held.look(trainer.average.model.net, trainer.step_number, **trainer.seen)
    if best:
        write_average(os.path.join(trainer.folder, validate.BEST), trainer.average.state_dict(), trainer.settings.plan, trainer.seen)
    return stop


def run(trainer, ring, held=None):
    """Steps until the phase's minutes are spent; saves now and then and at the end, then stops the generator.

    With held (validate.Held) each save is a look at the moving average on held-back pairs: the best goes to best.pt, and the run ends
    where nothing was gained for as long as held's patience says.
    """
    s, log = trainer.settings, Log(trainer)
    torch.set_num_threads(s.threads)
    torch.set_flush_denormal(True)
    while ring.filled() < 20 * s.batch:
        time.sleep(0.5)
    begin, saved = time.monotonic() - trainer.spent, time.monotonic()
    stop = False
    while trainer.spent < 60 * s.minutes and not stop:
        log.add(trainer.step(ring.draw(s.batch, trainer.rng)), ring)
        trainer.spent = time.monotonic() - begin
        if time.monotonic() - saved > s.save_every:
            trainer.save()
            stop = look(trainer, held)
            saved = time.monotonic()
    trainer.save()
    if not stop:
        look(trainer, held)
    log.close()
    ring.counters[STOP] = 1
