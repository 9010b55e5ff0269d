"""Trains marked networks whole: several students from one stream of pairs and teachers' answers, rate by the clock.

With nothing but frames they learn features first, where asked; then pairs until the time is up.
"""

import dataclasses
import time

import torch

from siamtrain.errors import DataError
from siamtrain.marked.learner import rate_at
from siamtrain.marked.run import Run
from siamtrain.marked.scene import light
from siamtrain.marked.stream import GREY
from siamtrain.marked.stream import Settings as StreamSettings
from siamtrain.marked.student import Student, ready

FEATURES_FALL = 0.3  # of the way down its cosine that the rate goes in the feature phase: pairs begin anew


@dataclasses.dataclass
class Settings(StreamSettings):
    """A run of students."""

    features: float = 0.0  # seconds of the feature phase


class Trainer(Run):
    """Students that learn whole."""

    def __init__(self, settings):
        if settings.features and not settings.teachers:
            raise DataError("--features: features are the teachers'; give their folder with --teachers")
        super().__init__(settings)

    def learner(self, plan):
        s = self.settings
        student = Student(plan, self.device, precision=s.precision)
        if s.begin and not s.resume:
            path = s.begin.replace("PLAN", plan)
            self.say(f"{plan}: {student.begin(path)} tensors taken from {path}")
        return student

    def prepare(self):
        """The feature phase: the backbone's output on any crop."""
        s, begin, stream = self.settings, time.monotonic(), self.stream
        while s.features and (time.monotonic() - begin < s.features or not stream.inbox.empty()):
            stream.take()
            rate = rate_at(FEATURES_FALL * min(1.0, (time.monotonic() - begin) / s.features), self.steps, s.rate)
            with torch.no_grad():
                crops = stream.sampler.batch(s.batch).search
                answers = stream.teachers.features(crops)
                answers = {k: stream.teachers.standard(k, v) for k, v in answers.items()}
            for _ in range(s.reuse):
                grey = torch.rand(len(crops), device=self.device) < GREY
                search = ready(light(crops, 1.0, True, grey))
                for student in self.learners:
                    self.note(student.plan, student.learn_features(search, answers, rate))
                self.steps += 1
            self.report("features", rate)
        self.steps = 0  # of the pairs, whose rate warms up anew

    def step(self, rate):
        batch, lesson = self.stream.draw()
        for _ in range(self.settings.reuse):
            exemplar, search = self.stream.lit(batch)
            for student in self.learners:
                self.note(student.plan, student.learn_pairs(exemplar, search, batch, lesson, rate))
            self.steps += 1
        return self.settings.reuse * len(batch.box)
