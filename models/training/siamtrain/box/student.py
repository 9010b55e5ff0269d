"""What is trained: the box network and what only training needs of it, and the files that hold their weights."""

import os

import torch
from torch import nn

from siamtrain.box import teachers
from siamtrain.box.network import BoxNet
from siamtrain.fit.projections import Projections

TEACHERS = {"fear": teachers.FEAR_DEPTH, "nano": teachers.NANO_DEPTH}
BACKBONE = "net.backbone."  # of a Student's weights


class Student(nn.Module):
    """The network and what only training needs of it."""

    def __init__(self, plan):
        super().__init__()
        self.net = BoxNet(plan)
        self.projections = Projections(self.net.backbone.channels, TEACHERS)


def transplanted(state, own):
    """What of the weights `state` fits a student of another plan, whose weights are `own`; by its names there.

    Each layer of the backbone takes the next one of its own shapes, if there is one left; what else has the same shape
    is taken as it is.
    """
    kept = {k: v for k, v in state.items() if not k.startswith(BACKBONE) and own[k].shape == v.shape}
    old = list(_layers(state).values())
    for number, layer in _layers(own).items():
        fits = (
            i
            for i, other in enumerate(old)
            if {k: v.shape for k, v in other.items()} == {k: v.shape for k, v in layer.items()}
        )
        first = next(fits, None)
        if first is not None:
            kept.update({f"{BACKBONE}{number}.{k}": v for k, v in old[first].items()})
            del old[: first + 1]
    return kept


def _layers(state):
    """{number: {name in the layer: weight}} of a student's backbone, in order."""
    layers = {}
    for key, value in state.items():
        if key.startswith(BACKBONE):
            number, name = key[len(BACKBONE) :].split(".", 1)
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
    net.load_state_dict(
        {
            k[len("net.") :]: v.float() if v.is_floating_point() else v
            for k, v in saved["student"].items()
            if k.startswith("net.")
        }
    )
    return net.eval(), saved["seen"]
