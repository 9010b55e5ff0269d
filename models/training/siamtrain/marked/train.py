"""Trains marked networks: several students from one stream of pairs and teachers' answers, rate by the clock.

Data are tars (parts.py) in a folder; they may arrive while it runs. With nothing but frames it learns features first, where
asked; then makes pseudo-tracks; then learns pairs until the time is up. Weights are saved every minute.
"""

import dataclasses
import glob
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import torch

from siamtrain.marked import ablate, parts, pseudo
from siamtrain.marked.frames import Store
from siamtrain.marked.losses import corners, iou_giou
from siamtrain.marked.pairs import Sampler, Shares
from siamtrain.marked.probe import Probe
from siamtrain.marked.scene import degrade, recolour
from siamtrain.marked.student import Student, autocast, rate_at, ready
from siamtrain.marked.teachers import Teachers


@dataclasses.dataclass
class Settings:
    inbox: str
    out: str
    teachers: str
    parts: int = 1  # tars to wait for before pairs begin
    plans: tuple = ("m",)
    begin: str = ""  # weights to begin from; PLAN stands for the plan's name
    seconds: float = 600.0
    features: float = 0.0  # seconds of the feature phase
    batch: int = 512
    reuse: int = 2  # times each batch of teachers' answers is used, in other light
    rate: float = 2e-3
    capacity: int = 48000
    per_clip: int = 12  # pseudo-tracks tried a clip
    pseudo_seconds: float = 40.0
    probe: str = ""
    device: str = "auto"
    seed: int = 0
    report: float = 20.0
    ablate: float = 0.0  # seconds of heads compared on the last student's features, at the end
    ablate_plan: str = "m"
    resume: bool = False


def device_of(name):
    """The device that "auto", "cuda" or "cpu" names."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


class Inbox(threading.Thread):
    """Decodes tars as they come; take gives those that are ready."""

    def __init__(self, folder, wanted, say):
        super().__init__(daemon=True)
        self.folder, self.wanted, self.say, self.ready, self.done = folder, wanted, say, [], set()
        self.finished = False

    def run(self):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            while len(self.done) < self.wanted:
                for path in sorted(set(glob.glob(f"{self.folder}/*.tar")) - self.done):
                    self.done.add(path)
                    begin = time.time()
                    try:
                        self.ready.append((path, parts.read(path, pool)))
                        self.say(f"read {path} in {time.time() - begin:.1f} s")
                    except Exception as error:  # a broken part must not end a run that has others
                        self.say(f"cannot read {path}: {error!r}")
                time.sleep(0.3)
        self.finished = True


class Trainer:
    def __init__(self, settings):
        s = self.settings = settings
        self.start, self.device = time.time(), device_of(s.device)
        os.makedirs(s.out, exist_ok=True)
        self.log = open(f"{s.out}/log.txt", "a", buffering=1)
        torch.manual_seed(s.seed)
        if self.device.type == "cuda":
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        self.inbox = Inbox(s.inbox, s.parts, self.say)
        self.inbox.start()
        self.teachers, self.store = Teachers(s.teachers, self.device), Store(s.capacity, self.device)
        self.sampler = Sampler(self.store, Shares(), s.seed)
        self.students = [Student(p, self.device) for p in s.plans]
        for student in self.students:
            if s.resume:
                student.resume(f"{s.out}/{student.plan}.resume.pt")
            elif s.begin:
                self.say(f"{student.plan}: {student.begin(s.begin.replace('PLAN', student.plan))} tensors taken")
        self.probe = Probe(s.probe, self.device) if s.probe else None
        self.held, self.sums, self.compared = [], {}, False

    def say(self, text):
        line = f"[{time.time() - self.start:6.1f}] {text}"
        print(line, flush=True)
        self.log.write(line + "\n")

    def take(self):
        """Puts what the inbox has decoded into the store."""
        while self.inbox.ready:
            path, part = self.inbox.ready.pop(0)
            self.store.add(part)
            pools = {k: len(v) for k, v in self.store.pools.items()}
            self.say(f"{os.path.basename(path)}: {self.store.frames.count} frames, tracks {pools}")

    def run(self):
        s = self.settings
        while not self.store.clip_names:
            self.take()
            time.sleep(0.1)
        with torch.no_grad():
            self.teachers.learn_all(self.sampler.regions(min(s.batch, 512)).search)
        if s.features:
            self._features(s.features)
        while not self.inbox.finished or self.inbox.ready:
            self.take()
            time.sleep(0.1)
        if s.per_clip and len(self.store.free_videos):
            kept, lively, tried = pseudo.make(self.store, self.teachers, self.sampler.random, s.per_clip, s.pseudo_seconds)
            self.say(f"pseudo-tracks: {kept} of {tried} kept, {lively} lively")
        if len(self.store.held_tracks):
            with torch.no_grad():
                for _ in range(4):
                    batch = self.sampler.pairs(min(256, s.batch), held=True)
                    self.held.append((batch, self.teachers.teach(batch)))
        self._pairs(s.seconds - (time.time() - self.start))
        self.save()
        self.validate()
        if s.ablate:
            ablate.run(self, s.ablate)

    def _features(self, seconds):
        s, begin, step = self.settings, time.time(), 0
        while time.time() - begin < seconds or not self.inbox.finished:
            self.take()
            rate = rate_at(0.3 * min(1.0, (time.time() - begin) / seconds), step, s.rate)
            with torch.no_grad():
                crops = self.sampler.batch(s.batch).search
                answers = {"fear": self.teachers.standard("fear", self.teachers.fear(crops)),
                           "nano": self.teachers.standard("nano", self.teachers.search(crops))}
            for _ in range(s.reuse):
                search = self._light(crops, 1.0, True)
                for student in self.students:
                    self._note(student, student.learn_features(search, answers, rate))
                step += 1
            self._report("features", rate)

    def _pairs(self, seconds):
        s, begin, step = self.settings, time.time(), 0
        self.marked, self.samples, saved = time.time(), 0, time.time()
        while time.time() - begin < seconds and not os.path.exists(f"{s.out}/stop"):
            if os.path.exists(f"{s.out}/seconds"):  # another length, given as it runs
                seconds = float(open(f"{s.out}/seconds").read()) - (begin - self.start)
            rate = rate_at((time.time() - begin) / seconds, step, s.rate)
            with torch.no_grad():
                batch = self.sampler.batch(s.batch)
                lesson = self.teachers.teach(batch)
            for _ in range(s.reuse):
                grey = torch.rand(s.batch, device=self.device) < 0.1
                search, exemplar = self._light(batch.search, 1.0, True, grey), self._light(batch.exemplar, 0.7, False, grey)
                for student in self.students:
                    self._note(student, student.learn_pairs(exemplar, search, batch, lesson, rate))
                step += 1
                self.samples += s.batch
            self._report("pairs", rate)
            if time.time() - saved > 60:
                saved = time.time()
                self.save()
                self.validate()

    @torch.no_grad()
    def _light(self, crops, strength, worn, grey=None):
        grey = torch.rand(len(crops), device=self.device) < 0.1 if grey is None else grey
        return ready(recolour(degrade(crops.clone()) if worn else crops, strength, grey))

    def _note(self, student, terms):
        sums = self.sums.setdefault(student.plan, {"n": 0})
        sums["n"] += 1
        for name, value in terms.items():
            sums[name] = sums.get(name, 0) + value.detach()

    def _report(self, phase, rate):
        now = time.time()
        if now - getattr(self, "reported", self.start) < self.settings.report:
            return
        if phase == "pairs":
            self.say(f"{self.samples / (now - self.marked):.0f} pairs/s a student, rate {rate:.2e}")
            self.marked, self.samples = now, 0
        for plan, sums in self.sums.items():
            n = sums.pop("n")
            self.say(f"{phase} {plan} step {self.students[0].steps} " + " ".join(f"{k} {float(v) / n:.4f}" for k, v in sums.items()))
        self.sums, self.reported = {}, now

    def save(self):
        for student in self.students:
            student.save(f"{self.settings.out}/{student.plan}.pt")
            if self.settings.resume or self.device.type == "cpu":
                student.save(f"{self.settings.out}/{student.plan}.resume.pt", resume=True)

    @torch.no_grad()
    def measure(self, net):
        """How good a network is, by name: boxes on held-back pairs, and the probe."""
        found, ious = {}, []
        for batch, _ in self.held:
            with autocast(self.device):
                logits, sides = net(ready(batch.exemplar), batch.mark, ready(batch.search))
            best = logits.float().flatten(1).argmax(1)
            boxes = corners(sides.float()).flatten(1, 2)[torch.arange(len(best), device=self.device), best]
            ious.append(iou_giou(boxes, batch.box)[0])
        if ious:
            iou = torch.cat(ious)
            found["held IoU"], found["held hits"] = float(iou.mean()), float((iou > 0.5).float().mean())
        if self.probe:
            (found["probe IoU"], found["probe hits"], found["probe score"]), _ = self.probe.measure(net)
        return found

    def validate(self):
        """Says how good the averages are, and the first time how good NanoTrack v3."""
        for student in self.students:
            found = self.measure(student.averaged())
            self.say(f"VALIDATION {student.plan} pairs {student.seen['pairs']} " + _listed(found))
        if self.compared:
            return
        self.compared, found = True, {}
        if self.held:
            iou = torch.cat([lesson.iou for _, lesson in self.held])
            found["held IoU"], found["held hits"] = float(iou.mean()), float((iou > 0.5).float().mean())
        if self.probe:
            (found["probe IoU"], found["probe hits"], found["probe score"]), _ = self.probe.measure_teacher(self.teachers)
        self.say("VALIDATION nano3 " + _listed(found))


def _listed(found):
    return " ".join(f"{k} {v:.4f}" for k, v in found.items())
