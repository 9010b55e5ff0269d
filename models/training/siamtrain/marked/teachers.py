"""The networks that teach, in batches: FEAR-XS's search features; NanoTrack v3's features, response and boxes.

FEAR-XS (MIT) and NanoTrack (Apache-2.0) are read as ONNX files, whose graphs run in torch, where the training runs;
their outputs are targets, their weights are never copied. Without them training learns from labels alone.
"""

import dataclasses
import os
import shutil

import onnx
import torch

from siamtrain.errors import DataError
from siamtrain.fit.losses import iou_giou
from siamtrain.loop.box import SEARCH, STRIDE
from siamtrain.loop.peers import NANO_CELLS, NANO_EXEMPLAR, NANO_SEARCH
from siamtrain.marked.cells import best_boxes
from siamtrain.marked.onnxtorch import Graph

FEAR, NANO = "fear_features.onnx", ("nano3_backbone_x.onnx", "nano3_backbone_z.onnx", "nano3_head.onnx")
FEAR_TENSOR = "input.125"  # output of FEAR-XS's search backbone and neck, (1, 256, 16, 16)
DEPTHS = {"fear": 256, "nano": 96}  # channels of their features
# Where nobody has labelled a place: least response and IoU with where it was at which NanoTrack's box is believed.
SURE, ABOUT = 0.6, 0.4
TRUSTED = 0.5  # least IoU with the truth at which its maps are used
UNLABELLED = 0.5  # weight of its box as a label


@dataclasses.dataclass
class Lesson:
    """What is known of a batch of pairs: labels, and the teachers' word where there are teachers."""

    target: torch.Tensor  # (N, 4) the truth; where nobody has labelled it, NanoTrack's best box
    weight: torch.Tensor  # (N,) 0: the pair teaches nothing
    label_weight: torch.Tensor  # (N,) of the box loss
    score: torch.Tensor | None = None  # (N, 15, 15) NanoTrack's response, 0..1
    boxes: torch.Tensor | None = None  # (N, 15, 15, 4) corners in the search crop
    iou: torch.Tensor | None = None  # (N,) of its best box with the truth
    trust: torch.Tensor | None = None  # (N,) whether its maps are right
    features: dict = dataclasses.field(default_factory=dict)  # standardised features of the search crop, by teacher
    exemplar: torch.Tensor | None = None  # standardised NanoTrack features of the exemplar


def labels(batch):
    """The Lesson of a pairs.Batch that nobody teaches."""
    one = torch.ones(len(batch.box), device=batch.box.device)
    return Lesson(batch.box, one * ~batch.region, one)


def pack(folder, out):
    """Copies what Teachers reads from a folder with fear_track.onnx and nano3_*.onnx to the folder `out`: 7 MB."""
    missing = [n for n in ("fear_track.onnx", *NANO) if not os.path.exists(os.path.join(folder, n))]
    if missing:
        raise DataError(f"{os.path.join(folder, missing[0])}: no such file; the teachers are FEAR-XS and NanoTrack v3")
    os.makedirs(out, exist_ok=True)
    whole = os.path.join(folder, "fear_track.onnx")
    onnx.utils.extract_model(whole, os.path.join(out, FEAR), ["image"], [FEAR_TENSOR])
    for name in NANO:
        shutil.copyfile(os.path.join(folder, name), os.path.join(out, name))


class Teachers:
    """fear_track.onnx (or the part of it that bundle cuts out, fear_features.onnx) and nano3_*.onnx of a folder."""

    def __init__(self, folder, device):
        self.dtype = torch.float16 if device.type == "cuda" else torch.float32

        def graph(name, outputs=None):
            return Graph(os.path.join(folder, name), device, self.dtype, outputs)

        cut = os.path.exists(os.path.join(folder, FEAR))
        self._fear = graph(FEAR) if cut else graph("fear_track.onnx", [FEAR_TENSOR])
        self._search, self._exemplar, self._head = map(graph, NANO)
        at = STRIDE * (torch.arange(NANO_CELLS, device=device) - NANO_CELLS // 2.0) + SEARCH / 2 - 0.5
        self._y, self._x = torch.meshgrid(at, at, indexing="ij")
        self._standards = {}

    def _ready(self, crops, size, bgr):
        crops = crops[:, :, :size, :size]
        return (crops.flip(1) if bgr else crops).to(self.dtype).contiguous(memory_format=torch.channels_last)

    def fear(self, search):
        """FEAR-XS's features (N, 256, 16, 16) of search crops, RGB 0..255."""
        return self._fear(self._ready(search, SEARCH, False))

    def search(self, search):
        """NanoTrack's features (N, 96, 16, 16) of search crops."""
        return self._search(self._ready(search, NANO_SEARCH, True))

    def exemplar(self, exemplar):
        """NanoTrack's features (N, 96, 8, 8) of exemplar crops."""
        return self._exemplar(self._ready(exemplar, NANO_EXEMPLAR, True))

    def head(self, exemplar, search):
        """Response (N, 15, 15) and boxes' corners (N, 15, 15, 4) from both crops' features."""
        classes, sides = self._head(exemplar, search)
        classes, sides = classes.float(), sides.float().clamp(max=600)
        corners = [self._x - sides[:, 0], self._y - sides[:, 1], self._x + sides[:, 2], self._y + sides[:, 3]]
        return torch.sigmoid(classes[:, 1] - classes[:, 0]), torch.stack(corners, -1)

    def features(self, search):
        """Each teacher's features of search crops, by name."""
        return {"fear": self.fear(search), "nano": self.search(search)}

    @torch.no_grad()
    def learn(self, search):
        """Takes the mean and spread of each channel over search crops, which standardised features are in units of."""
        for name, features in self.features(search).items():
            features = features.float()
            mean, spread = features.mean((0, 2, 3), keepdim=True), features.std((0, 2, 3), keepdim=True)
            self._standards[name] = mean, spread + 1e-5

    def standards(self):
        """What learn took, for a checkpoint."""
        return {k: tuple(v.cpu() for v in pair) for k, pair in self._standards.items()}

    def load_standards(self, standards):
        """Goes on with what standards gave."""
        self._standards = {k: tuple(v.to(self._x.device) for v in pair) for k, pair in standards.items()}

    def standard(self, name, features):
        """Features of teacher `name` in units of their spread."""
        mean, spread = self._standards[name]
        return (features.float() - mean) / spread

    @torch.no_grad()
    def teach(self, batch, features=True):
        """The Lesson of a pairs.Batch, from its crops before any change of light, with or without the features."""
        seen, kept = self.search(batch.search), self.exemplar(batch.exemplar)
        score, boxes = self.head(kept, seen)
        found, top = best_boxes(score, boxes)
        iou, _ = iou_giou(found, batch.box)
        region, one = batch.region, torch.ones_like(top)
        good = (top > SURE) & (iou > ABOUT)
        lesson = Lesson(
            target=torch.where((region & good)[:, None], found, batch.box),
            weight=torch.where(region, good.float(), one),
            label_weight=torch.where(region, one * UNLABELLED, one),
            score=score,
            boxes=boxes,
            iou=iou,
            trust=batch.positive & torch.where(region, good, iou > TRUSTED),
        )
        if features:
            lesson.features = {
                "fear": self.standard("fear", self.fear(batch.search)),
                "nano": self.standard("nano", seen),
            }
            lesson.exemplar = self.standard("nano", kept)
        return lesson
