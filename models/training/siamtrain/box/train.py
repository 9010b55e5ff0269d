"""Trains the box network: first its features on any crop, then everything on pairs.

Both phases read a ring that a generator fills (box.distill). The learning rate follows the clock, so a run ends when it
is told to whatever else the machine does.
"""

import dataclasses
import json
import logging
import math
import os
import time

import numpy as np
import torch

from siamtrain.box import validate
from siamtrain.box.distill import STOP, WRITTEN
from siamtrain.box.student import Student, transplanted, write_average
from siamtrain.box.terms import feature_terms, pair_terms
from siamtrain.fit import checkpoint

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
    precision: str = "auto"  # see fit.precision


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
        watch = {
            "seen": self.seen,
            "spent": self.spent,
            "rng": self.rng.bit_generator.state,
            "settings": dataclasses.asdict(self.settings),
        }
        checkpoint.save(
            os.path.join(self.folder, CHECKPOINT), self.student, self.average, self.optimiser, self.step_number, watch
        )
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
        self.average.update(self.step_number)
        self.step_number += 1
        self.seen["crops" if self.settings.phase == FEATURES else "pairs"] += len(sample["search"])
        return {k: float(v.detach()) for k, v in terms.items()}


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
        row = {
            "step": t.step_number,
            **t.seen,
            "seconds": round(t.spent, 1),
            "rate": t.rate(),
            "per_second": round(speed, 1),
            "fresh": int(ring.counters[WRITTEN]),
            **{k: round(v / self.count, 4) for k, v in self.sums.items()},
        }
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
        write_average(
            os.path.join(trainer.folder, validate.BEST),
            trainer.average.state_dict(),
            trainer.settings.plan,
            trainer.seen,
        )
    return stop


def run(trainer, ring, held=None):
    """Steps until the phase's minutes are spent; saves now and then and at the end, then stops the generator.

    With held (validate.Held) each save is a look at the moving average on held-back pairs: the best goes to best.pt,
    and the run ends where nothing was gained for as long as held's patience says.
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
