"""What each part of the head and each source of pairs gives: heads compared on one network's frozen features.

The pairs are drawn once. Every head begins from random numbers and takes as many steps on them; the backbone, which
was trained with all of it, stays as it is, so what is measured is what a head makes of its features.
"""

import dataclasses
import json
import os

import numpy as np
import torch

from siamtrain.errors import DataError
from siamtrain.fit.precision import mixed
from siamtrain.marked import losses
from siamtrain.marked.learner import Learner, rate_at
from siamtrain.marked.network import PLANS, Head
from siamtrain.marked.pairs import SOURCES
from siamtrain.marked.teachers import Lesson

WARM, SLOWEST = 50, 0.99  # of the few steps
DOUBT = 0.5  # weight of the boxes of a source that is believed less
ROWS = "ablation.jsonl"  # a row a head


@dataclasses.dataclass
class Settings:
    """A comparison: `pairs` drawn, `steps` of `batch` of them a head, `rate` at its highest."""

    pairs: int = 12000
    steps: int = 1000
    batch: int = 32
    rate: float = 2e-3
    seeds: int = 3  # of the whole, whose spread is what no difference counts below; the others take the first
    only: tuple = ()  # parts of names of the heads to compare with the whole; all without
    precision: str = "auto"  # see fit.precision


@dataclasses.dataclass(frozen=True)
class Variant:
    """A head, and what it learns from."""

    name: str
    blocks: tuple
    depthwise: bool = True
    attention: bool = True
    marked: bool = True
    target: str = "binary"
    peak: bool = True
    swapped: bool = True  # sees pairs before another scene
    without: str = ""  # the source it does not see
    doubted: str = ""  # the source whose boxes weigh DOUBT

    def sees(self, pool):
        """Which pairs (N,) it learns from."""
        use = torch.ones(len(pool), dtype=torch.bool)
        if not self.swapped:
            use &= ~pool.values["swapped"]
        return use & (pool.values["source"] != SOURCES.index(self.without)) if self.without else use

    def believes(self, values):
        """Weights (N,) of the pairs' boxes."""
        weight = values["label_weight"]
        if not self.doubted:
            return weight
        return torch.where(values["source"] == SOURCES.index(self.doubted), weight * DOUBT, weight)

    def head(self, width):
        """A head with its parts, of random numbers."""
        return Head(width, self.blocks, self.marked, self.depthwise, self.attention)


WHOLE = "the whole"


def variants(blocks, sources=()):
    """The whole head; the whole without one thing each, pairs of a source among them; a plain one."""
    bare = dict(depthwise=False, attention=False, marked=False, target="quality")
    return [
        Variant(WHOLE, blocks),
        Variant("without the mark", blocks, marked=False),
        Variant("without binary targets: the IoU as target", blocks, target="quality"),
        Variant("without depth: no blocks", (0, 0)),
        Variant("without the depthwise correlation", blocks, depthwise=False),
        Variant("without other scenes", blocks, swapped=False),
        *(Variant(f"without {source}", blocks, without=source) for source in sources),
        *(Variant(f"boxes of {source} at half weight", blocks, doubted=source) for source in sources),
        Variant("without the attention", blocks, attention=False),
        Variant("without the peak term", blocks, peak=False),
        Variant("plain: pixelwise correlation alone, no blocks, the IoU as target", (0, 0), **bare),
    ]


def selected(plan, sources=SOURCES, only=()):
    """The whole head of a plan and the others whose names hold a part in `only`, or all; DataError where none does."""
    whole, *others = variants(PLANS[plan][1], sources)
    chosen = [v for v in others if not only or any(part in v.name for part in only)]
    if not chosen:
        raise DataError(f"--only {', '.join(only)}: the heads are {'; '.join(v.name for v in others)}")
    return [whole, *chosen]


class Pool:
    """Pairs as a head sees them, in memory: values {name: (N, ...)}, features in fp16."""

    LESSON = tuple(f.name for f in dataclasses.fields(Lesson) if f.name not in ("features", "exemplar"))
    PAIR = ("mark", "positive", "swapped", "source")

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values["mark"])

    @classmethod
    def draw(cls, stream, net, count, say):
        """`count` fresh pairs of a stream, with the features that net, in evaluation mode, has of them."""
        parts, kept = {}, 0
        while kept < count:
            batch, lesson = stream.draw(features=False)
            crops = stream.lit(batch)
            with torch.no_grad(), mixed(stream.settings.precision, stream.device):
                features = [net.features(c).half() for c in crops]
            found = {"exemplar": features[0], "seen": features[1]}
            found.update({name: getattr(batch, name) for name in cls.PAIR})
            found.update({name: getattr(lesson, name) for name in cls.LESSON})
            for name, value in found.items():
                if value is not None:
                    parts.setdefault(name, []).append(value.cpu())
            kept += len(batch.box)
            if kept // 1024 != (kept - len(batch.box)) // 1024:
                say(f"{kept} of {count} pairs drawn")
        return cls({name: torch.cat(value)[:count] for name, value in parts.items()})

    def batch(self, chosen, device):
        """{name: (n, ...)} of the pairs `chosen` (n,), on a device, features in fp32."""
        values = {name: value[chosen].to(device) for name, value in self.values.items()}
        return {name: v.float() if v.dtype == torch.half else v for name, v in values.items()}

    def shares(self):
        """{source: its part of the pairs} of those that there are."""
        counts = torch.bincount(self.values["source"], minlength=len(SOURCES)).tolist()
        return {name: n / len(self) for name, n in zip(SOURCES, counts) if n}


def train(variant, pool, net, settings, seed, device):
    """A head of `variant` that learnt from a pool on net's features: the average of its weights."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    head, average = (variant.head(net.width).to(device).to(memory_format=torch.channels_last) for _ in range(2))
    average.load_state_dict(head.state_dict())
    learner, usable, order = Learner(head, average.eval(), slowest=SLOWEST), variant.sees(pool).nonzero()[:, 0], []
    for step in range(settings.steps):
        if len(order) < settings.batch:
            order = usable[torch.from_numpy(random.permutation(len(usable)))]
        chosen, order = order[: settings.batch], order[settings.batch :]
        learn(variant, learner, head, pool.batch(chosen, device), settings, step)
    return average


def learn(variant, learner, head, values, settings, step):
    """One step."""
    with mixed(settings.precision, values["mark"].device):
        logits, sides = head(head.template(values["exemplar"], values["mark"]), values["seen"])
    lesson = Lesson(**{name: values.get(name) for name in Pool.LESSON})
    lesson.label_weight = variant.believes(values)
    terms = losses.located(logits, sides, lesson, values["positive"], lesson.weight, variant.target)
    if not variant.peak:
        terms.pop("peak", None)
    learner.step(terms, rate_at(step / settings.steps, step, settings.rate, WARM))


def run(pool, net, validation, settings, out, say):
    """Trains every variant one after the other; rows of what each reaches, which also go to a file in `out`.

    What that file holds already is not done again. net is a MarkedNet in evaluation mode, on the device that trains,
    which stays as it is; validation measures networks.
    """
    path, whole = os.path.join(out, ROWS), net.head
    rows, shares = read(path), pool.shares()
    done = {(row["name"], row["seed"]) for row in rows}
    say("sources: " + ", ".join(f"{name} {part:.1%}" for name, part in shares.items()))
    device = next(net.parameters()).device
    wanted = selected(net.plan, tuple(shares) if len(shares) > 1 else (), settings.only)
    jobs = [(v, 1) for v in wanted] + [(wanted[0], seed) for seed in range(2, settings.seeds + 1)]
    try:
        for variant, seed in jobs:
            if (variant.name, seed) not in done:
                net.head = train(variant, pool, net, settings, seed, device)
                found = {k: round(v, 4) for k, v in validation.measure(net).items()}
                rows.append({"name": variant.name, "seed": seed, "pairs": settings.steps * settings.batch, **found})
                with open(path, "a", encoding="utf-8") as file:
                    file.write(json.dumps(rows[-1]) + "\n")
                say(f"{variant.name}, seed {seed}: " + ", ".join(f"{k} {v:.4f}" for k, v in found.items()))
    finally:
        net.head = whole
    return rows


def read(path):
    """The rows of a file that run wrote; none where there is no file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def table(rows):
    """A text table: each head's figures, less those of the whole, whose spread over seeds stands beside them."""
    figures = [k for k in rows[0] if k not in ("name", "seed", "pairs")]
    own = np.array([[row[k] for k in figures] for row in rows if row["name"] == WHOLE])
    mean = own.mean(0)
    spread = own.std(0, ddof=1) if len(own) > 1 else np.full(len(figures), np.nan)
    lines = [f"{'':<48}" + "".join(f"{k:>16}" for k in figures)]
    seeds = f"{WHOLE}, mean +- spread of {len(own)}"
    lines.append(f"{seeds:<48}" + "".join(f"{m:>8.3f} +-{s:.3f}" for m, s in zip(mean, spread)))
    for row in rows:
        if row["name"] != WHOLE:
            cells = "".join(f"{row[k]:>8.3f} {row[k] - m:+.3f} " for k, m in zip(figures, mean))
            lines.append(f"{row['name'][:47]:<48}" + cells)
    return "\n".join(lines)
