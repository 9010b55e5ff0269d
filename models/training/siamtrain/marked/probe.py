"""The long-gap probe while a network trains: its crops in one file, measured in batches.

checks.probe says what the probe is, and writes the file.
"""

import io

import cv2
import numpy as np
import torch

from siamtrain.errors import DataError
from siamtrain.fit.losses import iou_giou
from siamtrain.fit.precision import mixed
from siamtrain.marked.cells import best_boxes, corners
from siamtrain.marked.student import ready

HIT = 0.5  # IoU above which a target counts as found
QUALITY = 92  # of JPEG


class Probe:
    """Crops with their truth from a file that write wrote. DataError names one that is none."""

    def __init__(self, path, device):
        try:
            held = np.load(path)
            self.names, self.device = held["names"].tolist(), device
            self.exemplar, self.search = (_pictures(held[k], held[f"{k}_ends"], device) for k in ("exemplar", "search"))
        except (ValueError, KeyError, OSError) as err:
            raise DataError(f"{path}: not what `python -m siamtrain probe --pack` writes: {err}") from err
        self.sequence = torch.from_numpy(held["sequence"]).to(device)
        self.mark, self.box = (torch.from_numpy(held[k]).float().to(device) for k in ("mark", "box"))

    @torch.no_grad()
    def measure(self, net, precision="auto", batch=256):
        """(mean IoU, share of hits, mean best response) over sequences, each counted once, and hits by sequence."""
        found, sure = [], []
        with mixed(precision, self.device):
            kept = net.features(ready(self.exemplar))
        for at in range(0, len(self.search), batch):
            where = self.sequence[at : at + batch]
            with mixed(precision, self.device):
                template = net.head.template(kept[where], self.mark[where])
                logits, sides = net.head(template, net.features(ready(self.search[at : at + batch])))
            boxes, top = best_boxes(logits, corners(sides.float()))
            found.append(iou_giou(boxes, self.box[at : at + batch])[0])
            sure.append(torch.sigmoid(top))
        return self._means(torch.cat(found), torch.cat(sure))

    @torch.no_grad()
    def measure_teacher(self, teachers, batch=256):
        """The same of NanoTrack v3."""
        found, sure = [], []
        kept = teachers.exemplar(self.exemplar.float())
        for at in range(0, len(self.search), batch):
            where = self.sequence[at : at + batch]
            score, boxes = teachers.head(kept[where], teachers.search(self.search[at : at + batch].float()))
            boxes, top = best_boxes(score, boxes)
            found.append(iou_giou(boxes, self.box[at : at + batch])[0])
            sure.append(top)
        return self._means(torch.cat(found), torch.cat(sure))

    def _means(self, iou, sure):
        hit, by = (iou > HIT).float(), []
        for number in range(len(self.names)):
            chosen = self.sequence == number
            by.append([float(v[chosen].mean()) for v in (iou, hit, sure)])
        return tuple(np.mean(by, 0).tolist()), {name: row[1] for name, row in zip(self.names, by)}


def _pictures(data, ends, device):
    """RGB uint8 crops (N, 3, S, S) of JPEG files that lie one after the other in `data`."""
    starts = np.concatenate([[0], ends[:-1]])
    crops = [cv2.imdecode(data[a:b], cv2.IMREAD_COLOR)[..., ::-1] for a, b in zip(starts, ends)]
    return torch.from_numpy(np.ascontiguousarray(np.stack(crops).transpose(0, 3, 1, 2))).to(device)


def _encoded(crops):
    """(bytes of JPEG files one after the other, where each ends) of BGR crops."""
    data, ends = io.BytesIO(), []
    for crop in crops:
        data.write(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
        ends.append(data.tell())
    return np.frombuffer(data.getvalue(), np.uint8), np.array(ends)


def write(path, sequences):
    """Writes {name: (exemplar crop, mark, [(search crop, corners of the target), ...])}, crops BGR uint8."""
    exemplars, exemplar_ends = _encoded(e for e, _, _ in sequences.values())
    looks = [(number, *look) for number, (_, _, ls) in enumerate(sequences.values()) for look in ls]
    searches, search_ends = _encoded(crop for _, crop, _ in looks)
    with open(path, "wb") as file:
        np.savez(
            file,
            names=np.array(list(sequences)),
            sequence=np.array([number for number, _, _ in looks]),
            exemplar=exemplars,
            exemplar_ends=exemplar_ends,
            search=searches,
            search_ends=search_ends,
            mark=np.array([mark for _, mark, _ in sequences.values()], np.float32),
            box=np.array([box for _, _, box in looks], np.float32),
        )
