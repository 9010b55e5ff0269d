"""A network that learns whole, with what only training needs of it, and the files that hold its weights."""

import copy
import os
import pickle

import torch
import torch.nn.functional as F
from torch import nn

from siamtrain.backbone.dense import normalise
from siamtrain.errors import DataError
from siamtrain.fit.precision import mixed
from siamtrain.marked import losses
from siamtrain.marked.learner import Learner
from siamtrain.marked.network import PLANS, MarkedNet
from siamtrain.marked.teachers import DEPTHS

BEGUN_RATE = 0.6  # of the rate, for a backbone whose weights were taken from another run


def ready(crops):
    """RGB crops 0..255 as the network takes them."""
    return normalise(crops.float()).contiguous(memory_format=torch.channels_last)


class Projections(nn.Module):
    """What a backbone's output would be in each teacher's features; teachers is {name: channels}."""

    def __init__(self, channels, teachers):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Conv2d(channels, depth, 1) for name, depth in teachers.items()})

    def forward(self, features, teacher):
        return self.heads[teacher](features)


class Taught(nn.Module):
    """The network and its projections to the teachers' features."""

    def __init__(self, plan, **ablation):
        super().__init__()
        self.net = MarkedNet(plan, **ablation)
        self.projections = Projections(self.net.backbone.channels, DEPTHS)


class Student:
    """One network that learns from crops and pairs; .seen counts them."""

    def __init__(self, plan, device, seed=1, precision="auto"):
        torch.manual_seed(seed)
        self.plan, self.device, self.precision, self.seen = plan, device, precision, {"crops": 0, "pairs": 0}
        self.taught = Taught(plan).to(device).to(memory_format=torch.channels_last).train()
        self.net, self.projections = self.taught.net, self.taught.projections
        parts = (self.net.backbone, self.net.neck, self.net.head, self.projections)
        self.learner = Learner(self.taught, copy.deepcopy(self.taught).eval(), [(p, 1.0) for p in parts])

    def begin(self, path):
        """Takes from a file of weights whatever fits by name and shape; the number of tensors that did."""
        saved, own = read_weights(path)["student"], self.taught.state_dict()
        fit = {k: v for k, v in saved.items() if k in own and own[k].shape == v.shape}
        self.taught.load_state_dict({**own, **fit})
        self.learner.average.load_state_dict(self.taught.state_dict())
        self.learner.share(0, BEGUN_RATE)
        return len(fit)

    def learn_features(self, search, features, rate):
        """A step on search crops alone, towards the teachers' features; the terms by name."""
        with mixed(self.precision, self.device):
            seen = self.net.backbone(search)
            terms = {k: F.mse_loss(self.projections(seen, k).float(), v) for k, v in features.items()}
        self.learner.step(terms, rate)
        self.seen["crops"] += len(search)
        return terms

    def learn_pairs(self, exemplar, search, batch, lesson, rate):
        """A step on a pairs.Batch in other light; the terms by name."""
        with mixed(self.precision, self.device):
            seen, kept = self.net.backbone(search), self.net.backbone(exemplar)
            template = self.net.head.template(self.net.neck(kept), batch.mark)
            logits, sides = self.net.head(template, self.net.neck(seen))
            terms = losses.features(self.projections, seen, kept, lesson)
        terms.update(losses.located(logits, sides, lesson, batch.positive, lesson.weight))
        self.learner.step(terms, rate)
        self.seen["pairs"] += len(search)
        return terms

    def averaged(self):
        """The average's network, for use."""
        return self.learner.average.model.net

    def save(self, path):
        """Writes the average's weights, in fp16."""
        write_weights(path, self.plan, self.seen, self.learner.average.state_dict())

    def state(self):
        """All that its future depends on, for a checkpoint."""
        return {**self.learner.state(), "seen": dict(self.seen)}

    def load_state(self, state):
        """Goes on from what state gave."""
        self.learner.load_state(state)
        self.seen = dict(state["seen"])


def write_weights(path, plan, seen, state):
    """Weights in fp16 with what is needed to build the network from them; state's names begin with net. or another."""
    kept = {k: (v.half() if v.is_floating_point() else v).cpu() for k, v in state.items()}
    torch.save({"plan": plan, "layers": PLANS[plan], "seen": seen, "student": kept}, path + ".part")
    os.replace(path + ".part", path)


def read_weights(path):
    """What a file of weights holds, in fp32. DataError names one that is none of a marked network."""
    try:
        saved = torch.load(path, map_location="cpu")
    except pickle.UnpicklingError as err:  # its text is about PyTorch's versions
        raise DataError(f"{path}: not a file of weights") from err
    except (RuntimeError, ValueError, EOFError, KeyError) as err:
        raise DataError(f"{path}: not a file of weights: {err}") from err
    if not isinstance(saved, dict) or "student" not in saved:
        raise DataError(f"{path}: not the weights of a network that trainmarked or trainhead wrote")
    saved["student"] = {k: v.float() if v.is_floating_point() else v for k, v in saved["student"].items()}
    return saved


def load_network(path):
    """(the MarkedNet in a file of weights, in evaluation mode; what it has seen). DataError where it is of no plan."""
    saved = read_weights(path)
    if saved.get("plan") not in PLANS:
        raise DataError(f"{path}: plan {saved.get('plan')}; the plans are {', '.join(PLANS)}")
    net = MarkedNet(saved["plan"]).eval()
    net.load_state_dict({k[len("net.") :]: v for k, v in saved["student"].items() if k.startswith("net.")})
    return net, saved["seen"]
