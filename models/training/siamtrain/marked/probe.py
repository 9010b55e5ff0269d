"""The long-gap probe: the exemplar of a sequence's first frame against crops about the truth through the rest of it."""

import io

import cv2
import numpy as np
import torch

from siamtrain.marked.losses import corners, iou_giou
from siamtrain.marked.student import autocast, ready


class Probe:
    """Crops with their truth from an npz (build.py writes it): exemplar and search are JPEG bytes."""

    def __init__(self, path, device):
        held = np.load(path)
        self.device = device
        self.names = held["names"].tolist()
        self.sequence = torch.from_numpy(held["sequence"]).to(device)

        def pictures(data, ends):
            starts = np.concatenate([[0], ends[:-1]])
            crops = [cv2.imdecode(data[a:b], cv2.IMREAD_COLOR)[..., ::-1] for a, b in zip(starts, ends)]
            return torch.from_numpy(np.ascontiguousarray(np.stack(crops).transpose(0, 3, 1, 2))).to(device)

        self.exemplar = pictures(held["exemplar"], held["exemplar_ends"])
        self.search = pictures(held["search"], held["search_ends"])
        self.mark, self.box = (torch.from_numpy(held[k]).float().to(device) for k in ("mark", "box"))

    @torch.no_grad()
    def measure(self, net, batch=256):
        """(mean IoU, share of hits above a half, mean best response) over sequences, each counted once, and hits by sequence."""
        found, sure = [], []
        with autocast(self.device):
            kept = net.neck(net.backbone(ready(self.exemplar)))
        for at in range(0, len(self.search), batch):
            where = self.sequence[at:at + batch]
            with autocast(self.device):
                template = net.head.template(kept[where], self.mark[where])
                logits, sides = net.head(template, net.neck(net.backbone(ready(self.search[at:at + batch]))))
            top, best = logits.float().flatten(1).max(1)
            boxes = corners(sides.float()).flatten(1, 2)
            iou, _ = iou_giou(boxes[torch.arange(len(best), device=best.device), best], self.box[at:at + batch])
            found.append(iou)
            sure.append(torch.sigmoid(top))
        return self._means(torch.cat(found), torch.cat(sure))

    @torch.no_grad()
    def measure_teacher(self, teachers, batch=256):
        """The same of NanoTrack v3."""
        found, sure = [], []
        kept = teachers.exemplar(self.exemplar.float())
        for at in range(0, len(self.search), batch):
            where = self.sequence[at:at + batch]
            score, boxes = teachers.head(kept[where], teachers.search(self.search[at:at + batch].float()))
            top, best = score.flatten(1).max(1)
            boxes = boxes.flatten(1, 2)[torch.arange(len(best), device=best.device), best]
            found.append(iou_giou(boxes, self.box[at:at + batch])[0])
            sure.append(top)
        return self._means(torch.cat(found), torch.cat(sure))

    def _means(self, iou, sure):
        hit = (iou > 0.5).float()
        by = [(float(iou[m].mean()), float(hit[m].mean()), float(sure[m].mean()))
              for m in (self.sequence == i for i in range(len(self.names)))]
        return tuple(float(np.mean(v)) for v in zip(*by)), {n: v[1] for n, v in zip(self.names, by)}


def encoded(crops, quality=92):
    """(bytes of JPEG files one after the other, where each ends) of BGR crops."""
    data, ends = io.BytesIO(), []
    for crop in crops:
        data.write(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
        ends.append(data.tell())
    return np.frombuffer(data.getvalue(), np.uint8), np.array(ends)
