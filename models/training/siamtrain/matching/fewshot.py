"""One-shot recognition with exported models, as `track match --gallery` does it.

N identities, K examples of each, nearest example wins.
"""

import math

import numpy as np

from siamtrain.data import crop
from siamtrain.file import export


class Embedder:
    """An exported model's branch.

    Crops (N, 3, S, S) to rows of unit length, feature maps averaged over their cells, as cosine distance compares.
    """

    def __init__(self, path):
        manifest = export.manifest_of(path)
        self.name, self.size, self.context = (
            manifest["name"],
            manifest["exemplar"]["size"],
            manifest["exemplar"]["context"],
        )
        self.session = export.session(path)
        self.output = "embedding" if manifest["kind"] == "embedding" else "features"
        # A box network wants an exemplar that its branch does not use.
        self.idle = {
            i.name: np.zeros([1 if isinstance(d, str) else d for d in i.shape], np.float32)
            for i in self.session.get_inputs()
            if i.name != "image"
        }

    def __call__(self, crops):
        rows = []
        for one in crops:  # box networks take one crop a run
            out = self.session.run([self.output], {"image": one[None], **self.idle})[0]
            rows.append(out.reshape(*out.shape[:2], -1).mean(2)[0])
        rows = np.array(rows)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def view(image, box, embedder, cut):
    """The crop of a box, with the context that the network was trained with or, cut, with nothing around it."""
    x, y, w, h = box
    if not cut:
        return crop.square(image, x + w / 2, y + h / 2, crop.context_side(w, h, embedder.context), embedder.size)
    x0, y0 = max(0, round(x)), max(0, round(y))
    piece = image[y0 : max(y0 + 2, round(y + h)), x0 : max(x0 + 2, round(x + w))]
    h, w = piece.shape[:2]
    return crop.square(piece, w / 2, h / 2, max(w, h), embedder.size)


def embed(embedder, tracks, load, views, cut):
    """[(V, D), ...]: `views` views of each track, evenly over it (all where it has fewer)."""
    out = []
    for t in tracks:
        seen = t.visible()
        seen = seen[np.unique(np.linspace(0, len(seen) - 1, min(views, len(seen))).astype(int))]
        out.append(embedder(crop.planar([view(load(t.files[i]), t.boxes[i], embedder, cut) for i in seen])))
    return out


def accuracy(rows, ways, shots, episodes, seed=0, queries=5):
    """(mean accuracy, half of its 95 % interval) over episodes.

    An episode takes `ways` identities, and `shots` examples and up to `queries` other pictures of each.
    """
    rng, usable = np.random.default_rng(seed), [r for r in rows if len(r) > shots]
    scores = []
    for _ in range(episodes):
        gallery, asked, labels = [], [], []
        for label, k in enumerate(rng.permutation(len(usable))[:ways]):
            order = rng.permutation(len(usable[k]))
            gallery.append(usable[k][order[:shots]])
            asked.append(usable[k][order[shots : shots + queries]])
            labels += [label] * len(asked[-1])
        nearest = (np.concatenate(asked) @ np.concatenate(gallery).T).argmax(1) // shots
        scores.append((nearest == labels).mean())
    return float(np.mean(scores)), float(1.96 * np.std(scores) / math.sqrt(episodes))
