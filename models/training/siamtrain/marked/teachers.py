"""The networks that teach, in batches: FEAR-XS's search features; NanoTrack v3's features, response and boxes.

FEAR-XS (MIT) and NanoTrack v3 (Apache-2.0) are read as ONNX files; their outputs are targets, their weights are never copied.
"""

import dataclasses
import os

import torch

from siamtrain.marked.losses import iou_giou
from siamtrain.marked.onnxtorch import Graph

DEPTHS = {"fear": 256, "nano": 96}
NANO_CELLS = 15  # its cells are cells 1 to 15 of ours


@dataclasses.dataclass
class Lesson:
    """What the teachers say of a batch of pairs."""

    score: torch.Tensor  # (N, 15, 15) NanoTrack's response, 0..1
    boxes: torch.Tensor  # (N, 15, 15, 4) corners in the search crop
    iou: torch.Tensor  # (N,) of its best box with the truth
    trust: torch.Tensor  # (N,) whether its maps are right
    target: torch.Tensor  # (N, 4) the truth; where nobody has labelled it, NanoTrack's best box
    weight: torch.Tensor  # (N,) 0: the pair teaches nothing
    label_weight: torch.Tensor  # (N,) of the box loss
    features: dict  # standardised features of the search crop
    exemplar: torch.Tensor  # standardised NanoTrack features of the exemplar


class Teachers:
    def __init__(self, folder, device):
        self.dtype = torch.float16 if device.type == "cuda" else torch.float32

        def graph(name):
            return Graph(os.path.join(folder, f"{name}.onnx"), device, self.dtype)

        self._fear, self._search = graph("fear_features"), graph("nano3_backbone_x")
        self._exemplar, self._head = graph("nano3_backbone_z"), graph("nano3_head")
        at = torch.arange(NANO_CELLS, device=device) * 16.0 + 128 - 7 * 16 - 0.5
        self._y, self._x = torch.meshgrid(at, at, indexing="ij")
        self._standards = {}

    def _ready(self, crops, size, bgr):
        crops = crops[:, :, :size, :size]
        return (crops.flip(1) if bgr else crops).to(self.dtype).contiguous(memory_format=torch.channels_last)

    def fear(self, search):
        return self._fear(self._ready(search, 256, False))

    def search(self, search):
        return self._search(self._ready(search, 255, True))

    def exemplar(self, exemplar):
        return self._exemplar(self._ready(exemplar, 127, True))

    def head(self, exemplar, search):
        """Response (N, 15, 15) and boxes' corners (N, 15, 15, 4) from both crops' features."""
        classes, sides = self._head(exemplar, search)
        classes, sides = classes.float(), sides.float().clamp(max=600)
        corners = [self._x - sides[:, 0], self._y - sides[:, 1], self._x + sides[:, 2], self._y + sides[:, 3]]
        return torch.sigmoid(classes[:, 1] - classes[:, 0]), torch.stack(corners, -1)

    def learn(self, name, features):
        """Takes the mean and spread of each channel, which standard() undoes."""
        features = features.float()
        self._standards[name] = features.mean((0, 2, 3), keepdim=True), features.std((0, 2, 3), keepdim=True) + 1e-5

    def learn_all(self, crops):
        self.learn("fear", self.fear(crops))
        self.learn("nano", self.search(crops))

    def standard(self, name, features):
        mean, spread = self._standards[name]
        return (features.float() - mean) / spread

    @torch.no_grad()
    def teach(self, batch, features=True):
        """The Lesson of a pairs.Batch, from its crops before any change of light, with or without the features."""
        seen, kept = self.search(batch.search), self.exemplar(batch.exemplar)
        score, boxes = self.head(kept, seen)
        n = len(score)
        top, best = score.flatten(1).max(1)
        found = boxes.reshape(n, -1, 4)[torch.arange(n, device=best.device), best]
        iou, _ = iou_giou(found, batch.box)
        region, one = batch.region, torch.ones_like(top)
        good = (top > 0.6) & (iou > 0.4)
        told, about = {}, None
        if features:
            told = {"fear": self.standard("fear", self.fear(batch.search)), "nano": self.standard("nano", seen)}
            about = self.standard("nano", kept)
        return Lesson(
            score, boxes, iou, trust=batch.positive & torch.where(region, good, iou > 0.5),
            target=torch.where((region & good)[:, None], found, batch.box),
            weight=torch.where(region, good.float(), one), label_weight=torch.where(region, one * 0.5, one),
            features=told, exemplar=about)
