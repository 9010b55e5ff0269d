"""Writes an embedding network as the ONNX file that is shipped."""

import torch

from siamtrain.file import export
from siamtrain.matching.network import CONTEXT, SIZE


def write(net, name, about, path):
    """Exports an embedding network of one vector a crop and checks it on noise."""
    manifest = {
        "format": 1,
        "name": name,
        "kind": "embedding",
        "layout": "siamtrack",
        "about": about,
        "licence": "Apache-2.0",
        "exemplar": {"size": SIZE, "context": CONTEXT},
        "input": {"order": "rgb", "mean": [0, 0, 0], "std": [1, 1, 1]},
    }
    image = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0)) * 255
    sha = export.write(net, {"image": image}, ["embedding"], {"image": {0: "n"}, "embedding": {0: "n"}}, manifest, path)
    export.verify(path, net, {"image": image.repeat(3, 1, 1, 1)})
    return sha
