"""Writes a classic network as the ONNX file that is shipped."""

import torch

from siamtrain.file import export


def manifest(name, about, scale, bias, loop, state, figures=None):
    """The manifest of a peak network in SiamFC's geometry: exemplar 127, search 255, 17x17 cells of 8 pixels."""
    return {
        "format": 1,
        "name": name,
        "kind": "peak",
        "layout": "siamtrack",
        "about": about,
        "licence": "Apache-2.0",
        "figures": figures or {},
        "exemplar": {"size": 127, "context": 0.5},
        "search": {"size": 255},
        "grid": {"size": 17, "stride": 8, "origin": -64},
        "upsample": loop.upsample,
        "input": {"order": "rgb", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "correlation": {"scale": float(scale), "bias": float(bias)},
        "loop": {
            "scales": loop.scales,
            "scale_step": loop.scale_step,
            "scale_penalty": loop.scale_penalty,
            "scale_rate": loop.scale_rate,
            "window_influence": loop.window_influence,
            "window": "hann",
        },
        "state": state,
    }


def write(features, about, path):
    """Exports the branch of a peak network (any number, any size of crops) and checks it on noise of both sizes."""
    image = torch.rand(1, 3, 127, 127, generator=torch.Generator().manual_seed(0)) * 255
    axes = {0: "n", 2: "height", 3: "width"}
    sha = export.write(features, {"image": image}, ["features"], {"image": axes, "features": axes}, about, path)
    for shape in ((1, 3, 127, 127), (3, 3, 255, 255)):
        export.verify(path, features, {"image": torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 255})
    return sha
