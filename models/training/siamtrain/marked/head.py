"""Trains heads alone on frozen features: what a CPU can do for a network whose backbone a GPU has trained.

Features of fresh pairs are used at once, and again from a ring of the latest batches.
"""

import copy
import dataclasses

import torch

from siamtrain.errors import DataError
from siamtrain.fit.precision import mixed
from siamtrain.marked import losses
from siamtrain.marked.learner import Learner
from siamtrain.marked.network import PLANS, MarkedNet
from siamtrain.marked.pairs import Batch, Shares
from siamtrain.marked.run import Run
from siamtrain.marked.stream import Settings as StreamSettings
from siamtrain.marked.student import read_weights, write_weights
from siamtrain.marked.teachers import Lesson

HEAD = "net.head."  # of the weights' names
# More pairs without their target, and with it far off, than a whole network learns from: what a loop loses tracks by.
SHARES = Shares(negatives=0.22, gone=0.15, middle=0.15, far=104.0, regions=0.1, swap=0.4, swap_video=0.15)


@dataclasses.dataclass
class Settings(StreamSettings):
    """A run of heads."""

    batch: int = 32
    reuse: int = 3
    rate: float = 8e-4
    thin: int = 3
    per_clip: int = 0
    save: float = 300.0
    report: float = 60.0
    shares: Shares = dataclasses.field(default_factory=lambda: dataclasses.replace(SHARES))
    ring: int = 150  # batches


class HeadLearner:
    """The head of a network whose backbone and neck stay as they are; weights are a file's that trainmarked wrote."""

    def __init__(self, plan, path, device, precision="auto"):
        self.saved, self.plan, self.device, self.precision = read_weights(path), plan, device, precision
        if self.saved.get("plan") != plan:
            raise DataError(f"{path}: weights of plan {self.saved.get('plan')}, not of {plan}")
        self.seen = {**self.saved["seen"], "head": 0}
        self.net = MarkedNet(plan)
        self.net.load_state_dict({k[4:]: v for k, v in self.saved["student"].items() if k.startswith("net.")})
        self.net = self.net.to(device).to(memory_format=torch.channels_last).eval().requires_grad_(False)
        self.use = copy.deepcopy(self.net)
        self.use.backbone, self.use.neck = self.net.backbone, self.net.neck
        self.net.head.train().requires_grad_(True)
        self.learner = Learner(self.net.head, self.use.head)

    @torch.no_grad()
    def features(self, exemplar, search):
        """Features of both crops in fp16, to be kept."""
        with mixed(self.precision, self.device):
            return [self.net.features(crops).half() for crops in (exemplar, search)]

    def learn(self, kept, seen, batch, lesson, rate):
        """A step on the features of a batch; the terms by name."""
        kept, seen = kept.float(), seen.float()
        with mixed(self.precision, self.device):
            logits, sides = self.net.head(self.net.head.template(kept, batch.mark), seen)
        terms = losses.located(logits, sides, lesson, batch.positive, lesson.weight)
        self.learner.step(terms, rate)
        return terms

    def averaged(self):
        """The network with the average's head, for use."""
        return self.use

    def save(self, path):
        """Writes the weights that it began from, with the average's head."""
        head = {HEAD + k: v for k, v in self.learner.average.state_dict().items()}
        write_weights(path, self.plan, self.seen, {**self.saved["student"], **head})

    def state(self):
        """All that its future depends on, for a checkpoint."""
        return {**self.learner.state(), "seen": dict(self.seen)}

    def load_state(self, state):
        """Goes on from what state gave."""
        self.learner.load_state(state)
        self.seen = dict(state["seen"])


class HeadTrainer(Run):
    """Heads that learn from one ring."""

    warm = 100

    def __init__(self, settings):
        if not settings.begin:
            raise DataError("--begin: weights whose backbone stays as it is are needed, as trainmarked writes them")
        self.ring = []
        super().__init__(settings)

    def learner(self, plan):
        if plan not in PLANS:
            raise DataError(f"plan {plan}: the plans are {', '.join(PLANS)}")
        return HeadLearner(plan, self.settings.begin.replace("PLAN", plan), self.device, self.settings.precision)

    def step(self, rate):
        s = self.settings
        batch, lesson = self.stream.draw(features=False)
        exemplar, search = self.stream.lit(batch)
        features = {learner.plan: learner.features(exemplar, search) for learner in self.learners}
        self.ring.append((features, dataclasses.replace(batch, exemplar=None, search=None), lesson))
        del self.ring[: -s.ring]
        for number in range(s.reuse):
            chosen = int(self.stream.sampler.random.integers(len(self.ring))) if number else -1
            features, batch, lesson = self.ring[chosen]
            for learner in self.learners:
                self.note(learner.plan, learner.learn(*features[learner.plan], batch, lesson, rate))
            self.steps += 1
        for learner in self.learners:
            learner.seen["head"] += s.batch
        return s.batch

    def extra(self):
        return {"ring": [(features, vars(batch), vars(lesson)) for features, batch, lesson in self.ring]}

    def load_extra(self, extra):
        self.ring = [(features, Batch(**batch), Lesson(**lesson)) for features, batch, lesson in extra["ring"]]
