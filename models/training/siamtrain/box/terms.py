"""The terms of the loss of both phases, from a batch of the ring."""

import numpy as np
import torch
import torch.nn.functional as F

from siamtrain.backbone.dense import normalise
from siamtrain.box import colour, losses
from siamtrain.box.distill import UNIT
from siamtrain.box.network import planes
from siamtrain.box.student import TEACHERS
from siamtrain.fit.precision import mixed


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
    """The phase of pairs.

    It learns from labels and, where the sample holds them, from the teacher's maps that can be trusted and the
    teachers' features.
    """
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
