"""Goes on training a classic network on one's own sequences, and shows on their later frames what it gave."""

import onnx
import torch
from onnx import numpy_helper

from siamtrain.classic import files, recipe, train
from siamtrain.classic.network import Branch
from siamtrain.classic.pairs import PairMaker
from siamtrain.data import split
from siamtrain.data.images import ImageCache
from siamtrain.errors import DataError
from siamtrain.file import export
from siamtrain.fit.finetuned import accuracy, compared

PREFIX = "net."  # of the weights' names in a file that siamfc.Branch was exported to


def load_onnx(path):
    """The SiamFC whose branch a shipped file holds; its scale and bias come from the manifest."""
    net = train.new_network(train.Settings(), pretrained=False)
    weights = {
        i.name[len(PREFIX) :]: torch.tensor(numpy_helper.to_array(i))
        for i in onnx.load(path).graph.initializer
        if i.name.startswith(PREFIX)
    }
    wanted = {k for k in net.state_dict() if k not in ("log_scale", "bias")}
    if wanted - set(weights):
        raise DataError(f"{path}: not a siamfc model: it has no {sorted(wanted - set(weights))[0]}")
    net.load_state_dict({k: weights[k] for k in wanted}, strict=False)
    correlation = export.manifest_of(path)["correlation"]
    net.set_scale(correlation["scale"], correlation["bias"])
    net.frozen = 3
    for p in [*net.backbone.stem.parameters(), *net.backbone.blocks[: net.frozen].parameters()]:
        p.requires_grad_(False)
    return net


def run(model, paths, settings, folder, out, name, share=0.5):
    """Fine-tunes `model` on the first frames of each sequence; returns (before, after): mean AUC on the rest.

    The new file is written in either case; the figures say whether to use it.
    """
    first, last = split.parts(paths, share)
    cache = ImageCache()
    net = load_onnx(model)
    before = accuracy(model, last)
    held = [PairMaker(last, cache, recipe.HELD_SEED).batch(k, settings.batch) for k in range(2)]
    trainer = train.Trainer(net, PairMaker(first, cache, settings.seed), held, settings, folder, fitted=True)
    trainer.resume()
    net = trainer.run()
    manifest = {**export.manifest_of(model), "name": name}
    manifest["correlation"] = {"scale": net.scale.item(), "bias": net.bias.item()}
    files.write(Branch(net), manifest, out)
    return before, compared(before, out, last)
