"""What a run of either trainer is: phases, the rate by the clock, reports, weights every minute, and going on."""

import os
import time

import torch

from siamtrain.errors import DataError
from siamtrain.fit.watch import Curve
from siamtrain.marked.learner import rate_at
from siamtrain.marked.stream import Stream, device_of
from siamtrain.marked.validate import Validation

FORMAT = 2
CHECKPOINT, CURVE, LOG = "checkpoint.pt", "curve.jsonl", "log.txt"
STOP, SECONDS = "stop", "seconds"  # files in a run's folder that end it, or give it another length, as it runs


class Run:
    """One run. A trainer says what learns (learner), what comes before the pairs (prepare), and what a step is (step).

    A learner has .plan, .seen, averaged() -> a network for use, save(path), state() and load_state(state).
    """

    warm = 200  # steps until the rate is reached

    def __init__(self, settings):
        s, self.settings, self.start, self.device = settings, settings, time.monotonic(), device_of(settings.device)
        os.makedirs(s.out, exist_ok=True)
        saved = self.saved = self._read() if s.resume else None
        self._log = open(os.path.join(s.out, LOG), "a", buffering=1, encoding="utf-8")
        torch.manual_seed(s.seed)
        if self.device.type == "cuda":
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        else:
            torch.set_flush_denormal(True)
        self.learners = [self.learner(plan) for plan in s.plans]
        self.stream = Stream(s, self.device, self.say, saved and saved["stream"])
        self.steps = saved["steps"] if saved else 0
        self.curve = Curve(os.path.join(s.out, CURVE), self.steps)
        # Seconds of the pairs, and how many they shall be; None before they begin.
        self.spent, self.length, self.lead = 0.0, None, 0.0
        self.validation, self._looked = None, None
        self._sums, self._reported, self._marked = {}, self.start, (self.start, 0)

    def learner(self, plan):
        """What learns, for a plan."""
        raise NotImplementedError

    def prepare(self):
        """What comes before the pairs, in a run that begins."""

    def step(self, rate):
        """One fresh batch, used as often as the settings say; how many pairs that were for each learner."""
        raise NotImplementedError

    def extra(self):
        """What else a trainer's future depends on."""
        return {}

    def load_extra(self, extra):
        """Goes on from what extra gave."""

    def say(self, text):
        """A line of the log."""
        line = f"[{time.monotonic() - self.start:7.1f}] {text}"
        print(line, flush=True)
        self._log.write(line + "\n")

    def close(self):
        """Closes the log; twice is fine."""
        self._log.close()

    def run(self):
        """From data to weights."""
        self.set_up()
        self.pairs()
        if not self.steps:
            self.say(f"no pair was learnt from: reading and pseudo-tracks took {self.lead:.0f} s: give more --seconds")
        self.save()
        if self._looked != self.steps:
            self.validate()

    def set_up(self):
        """All that comes before the pairs; a run that is resumed stands where its checkpoint was written."""
        self.stream.gather()
        if not self.saved:
            self.prepare()
        self.stream.complete()
        self.validation = Validation.of(self.stream, self.settings.probe)
        self.lead = time.monotonic() - self.start
        self.length = max(0.0, self.settings.seconds - self.lead)
        if self.saved:
            self.spent, self.length = self.saved["spent"], self.saved["length"]
            for learner in self.learners:
                learner.load_state(self.saved["learners"][learner.plan])
            self.load_extra(self.saved["extra"])
            self.stream.load_random()

    def pairs(self):
        """Steps until the time is spent."""
        s, begin, saved = self.settings, time.monotonic() - self.spent, time.monotonic()
        self._marked = time.monotonic(), 0
        while not os.path.exists(os.path.join(s.out, STOP)):
            self.length = self._given() or self.length
            if self.spent >= self.length:
                break
            rate = rate_at(self.spent / self.length, self.steps, s.rate, self.warm)
            self._marked = self._marked[0], self._marked[1] + self.step(rate)
            self.spent = time.monotonic() - begin
            self.report("pairs", rate)
            if time.monotonic() - saved > s.save:
                self.save()
                self.validate()
                saved = time.monotonic()

    def _given(self):
        """The length of the pairs that the file SECONDS asks for, or None."""
        try:
            with open(os.path.join(self.settings.out, SECONDS), encoding="utf-8") as file:
                return float(file.read()) - self.lead
        except (FileNotFoundError, ValueError):  # there is none, or it is being written
            return None

    def note(self, plan, terms):
        """Adds the terms of a step to what report says of a plan."""
        sums = self._sums.setdefault(plan, {"n": 0})
        sums["n"] += 1
        for name, value in terms.items():
            sums[name] = sums.get(name, 0) + value.detach()

    def report(self, phase, rate):
        """Says, now and then, how fast it goes and the means of the terms."""
        now = time.monotonic()
        if now - self._reported < self.settings.report:
            return
        since, samples = self._marked
        self.say(f"{phase}: step {self.steps}, {samples / (now - since):.0f} pairs/s a network, rate {rate:.2e}")
        for plan, sums in self._sums.items():
            n = sums.pop("n")
            self.say(f"{phase} {plan}: " + ", ".join(f"{k} {float(v) / n:.4f}" for k, v in sums.items()))
        self._sums, self._reported, self._marked = {}, now, (now, 0)

    def save(self):
        """Writes each plan's weights, PLAN.pt, and the checkpoint to go on from."""
        for learner in self.learners:
            learner.save(os.path.join(self.settings.out, f"{learner.plan}.pt"))
        state = {
            "format": FORMAT,
            "kind": type(self).__name__,
            "steps": self.steps,
            "spent": self.spent,
            "length": self.length,
            "learners": {learner.plan: learner.state() for learner in self.learners},
            "extra": self.extra(),
            "stream": self.stream.state(),
        }
        path = os.path.join(self.settings.out, CHECKPOINT)
        torch.save(state, path + ".part")
        os.replace(path + ".part", path)

    def _read(self):
        path = os.path.join(self.settings.out, CHECKPOINT)
        if not os.path.exists(path):
            raise DataError(f"{path}: no run to go on with; leave --resume out to begin one")
        saved = torch.load(path, map_location=self.device)
        if saved.get("format") != FORMAT or saved["kind"] != type(self).__name__:
            raise DataError(f"{path}: of another version or another trainer")
        missing = set(self.settings.plans) ^ set(saved["learners"])
        if missing:
            raise DataError(f"{path}: of the plans {', '.join(saved['learners'])}; give these with --plans")
        return saved

    def validate(self):
        """Says how good the averages are, and at first how good NanoTrack v3, and adds rows to the curve."""
        if self.validation.teachers and self._looked is None:
            self.say("nano3: " + listed(self.validation.measure_teacher()))
        self._looked = self.steps
        for learner in self.learners:
            found = self.validation.measure(learner.averaged())
            self.say(f"{learner.plan}: {learner.seen}: " + listed(found))
            rounded = {k: round(v, 4) for k, v in found.items()}
            self.curve.add(step=self.steps, seconds=round(self.spent, 1), plan=learner.plan, **learner.seen, **rounded)


def listed(found):
    """Figures as a line of text."""
    return ", ".join(f"{k} {v:.4f}" for k, v in found.items()) or "nothing to measure it on"
