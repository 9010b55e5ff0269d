"""One stream of pairs and lessons for every student of a run: data, teachers and sampler on the device that trains."""

import dataclasses
import os
import time

import numpy as np
import torch

from siamtrain.errors import DataError
from siamtrain.marked import pseudo
from siamtrain.marked.frames import Store
from siamtrain.marked.inbox import Inbox
from siamtrain.marked.pairs import Sampler, Shares
from siamtrain.marked.parts import SIDE
from siamtrain.marked.scene import light
from siamtrain.marked.student import ready
from siamtrain.marked.teachers import Teachers, labels

MOST_FRAMES, MEMORY = 48000, 0.4  # of a store whose capacity is not given: its limit, and its part of the free memory
STANDARD_CROPS = 512
GREY = 0.1  # of pairs without colour


@dataclasses.dataclass
class Settings:
    """What a run reads, and how it draws from it."""

    inbox: str
    out: str
    teachers: str = ""  # folder; without one labels alone teach
    parts: int = 0  # tars to wait for before pairs begin; 0: those that are there at the start
    plans: tuple = ("m",)
    begin: str = ""  # weights to begin from; PLAN stands for the plan's name
    seconds: float = 600.0  # of the clock, from the start to the end of the pairs
    batch: int = 512
    reuse: int = 2  # times each batch of teachers' answers is used
    rate: float = 2e-3
    shares: Shares = dataclasses.field(default_factory=Shares)
    capacity: int = 0  # frames; 0: what the memory holds
    thin: int = 1  # keep every so many-th frame of clips
    per_clip: int = 12  # pseudo-tracks tried a clip
    pseudo_seconds: float = 40.0
    held: tuple = ()  # parts of names of sequences to validate on
    probe: str = ""
    device: str = "auto"
    precision: str = "auto"  # see fit.precision
    seed: int = 0
    report: float = 20.0  # seconds from one report to the next
    save: float = 60.0  # seconds from one save to the next
    resume: bool = False


def device_of(name):
    """The torch.device that "auto", "cuda" or "cpu" names. DataError where a GPU is asked for and there is none."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise DataError("--device cuda: PyTorch finds no GPU that it can use; --device cpu trains without one")
    return torch.device(name)


def room(device):
    """How many frames a part of the device's free memory holds."""
    if device.type == "cuda":
        free = torch.cuda.mem_get_info(device)[0]
    else:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(256, min(MOST_FRAMES, int(MEMORY * free / (3 * SIDE * SIDE))))


class Stream:
    """Data as they come, the teachers and the sampler; say takes lines of text, saved is what state gave before."""

    def __init__(self, settings, device, say, saved=None):
        s, self.settings, self.device, self.say, self.saved = settings, settings, device, say, saved
        self.taken, self.found = [], []
        self.inbox = Inbox(s.inbox, s.parts, say, s.thin, saved["taken"] if saved else ())
        self.teachers = Teachers(s.teachers, device) if s.teachers else None
        self.capacity = saved["capacity"] if saved else s.capacity or room(device)
        self.store = Store(self.capacity, device, s.held)
        shares = s.shares if self.teachers else dataclasses.replace(s.shares, regions=0.0)  # nobody says where they are
        self.sampler = Sampler(self.store, shares, s.seed)
        self.inbox.start()

    def take(self):
        """Puts what the inbox has decoded into the store; what has no room is left out, and said."""
        for name, part in self.inbox.take():
            if self.store.frames.count + len(part.frames) > self.capacity:
                self.say(f"{name}: left out, no room for {len(part.frames)} frames more: --capacity {self.capacity}")
                continue
            self.store.add(part)
            self.taken.append(name)
            pools = {str(k): len(v) for k, v in self.store.pools.items()}
            self.say(f"{name}: {self.store.frames.count} frames altogether, tracks {pools}")

    def gather(self):
        """Waits until there is something to draw from, and lets the teachers take the measure of it."""
        while not (len(self.store.clip_names) if self.teachers else self.drawable()):
            if self.inbox.empty():
                raise DataError(f"{self.settings.inbox}: nothing to train on in its tars")
            self.take()
            time.sleep(0.05)
        if self.saved:
            self._load_teachers()
        elif self.teachers:
            with torch.no_grad():
                self.teachers.learn(self.sampler.regions(min(self.settings.batch, STANDARD_CROPS)).search)

    def _load_teachers(self):
        if self.teachers:
            self.teachers.load_standards(self.saved["standards"])

    def drawable(self):
        """Whether there is a track to draw pairs from."""
        return any(len(pool) for pool in self.store.pools.values())

    def complete(self):
        """Waits for all tars that are wanted, then makes pseudo-tracks, where there are teachers and clips."""
        s = self.settings
        while not self.inbox.empty():
            self.take()
            time.sleep(0.05)
        if self.saved:
            self.found = [(c, f.cpu().numpy(), b.cpu().numpy()) for c, f, b in self.saved["found"]]
            pseudo.add(self.store, self.found)
        elif s.per_clip and self.teachers and len(self.store.free_videos):
            at_once = {"cuda": 1024}.get(self.device.type, 4)  # the limit of time is looked at between them
            made = pseudo.make(
                self.store, self.teachers, self.sampler.random, s.per_clip, s.pseudo_seconds, batch=at_once
            )
            self.found, lively, tried = made
            self.say(f"pseudo-tracks: {len(self.found)} of {tried} kept, {lively} lively")
        if not self.drawable():
            raise DataError(f"{s.inbox}: no box to train on in its tars, and no clip with teachers to make some")

    @torch.no_grad()
    def draw(self, features=True):
        """(pairs.Batch, teachers.Lesson) of a fresh batch, with or without the teachers' features."""
        batch = self.sampler.batch(self.settings.batch)
        return batch, self.teachers.teach(batch, features) if self.teachers else labels(batch)

    @torch.no_grad()
    def lit(self, batch):
        """(exemplar, search): the crops of a batch in other light, worn, as a network takes them."""
        grey = torch.rand(len(batch.box), device=self.device) < GREY
        return ready(light(batch.exemplar, 0.7, False, grey)), ready(light(batch.search, 1.0, True, grey))

    def state(self):
        """What the stream's future depends on, for a checkpoint: everything but the tars."""
        cuda = torch.cuda.get_rng_state() if self.device.type == "cuda" else None
        return {
            "taken": list(self.taken),
            "capacity": self.capacity,
            "standards": self.teachers.standards() if self.teachers else {},
            "found": [(c, torch.from_numpy(np.array(f)), torch.from_numpy(np.array(b))) for c, f, b in self.found],
            "random": {"numpy": self.sampler.random.bit_generator.state, "torch": torch.get_rng_state(), "cuda": cuda},
        }

    def load_random(self):
        """Takes on the random numbers of the saved state, which come last: setting up draws some, too."""
        random = self.saved["random"]
        self.sampler.random.bit_generator.state = random["numpy"]
        torch.set_rng_state(random["torch"].cpu())
        if random["cuda"] is not None and self.device.type == "cuda":
            torch.cuda.set_rng_state(random["cuda"].cpu())
