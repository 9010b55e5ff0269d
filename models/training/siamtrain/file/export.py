"""Writes a network as one self-describing ONNX file and proves that ONNX Runtime gives what PyTorch gives.

The manifest (sizes, grid, loop, thresholds) is JSON in the file's metadata under the key "siamtrack";
siamfc/manifest.go reads it.
"""

import base64
import copy
import hashlib
import json
import os
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from siamtrain.errors import DataError, Failure
from siamtrain.file import packed

METADATA_KEY = "siamtrack"
EXEMPLAR_KEY = "siamtrack.exemplar"  # base64 of the graph that is run on the exemplar, where there are two
OPSET = 13  # per-channel quantisation needs it; torch 1.13 writes it too
TOLERANCE = 1e-4  # largest difference, relative to the largest value


class ParityError(Failure):
    """ONNX Runtime and PyTorch disagree."""


def write(module, inputs, outputs, dynamic, manifest, path):
    """Exports a module, called with the tensors of the dict `inputs` in order, and stores the manifest.

    dynamic maps names to {axis: axis name}. The file replaces path only when it is complete. Returns the file's
    SHA-256.
    """
    module = module.eval()  # torch.onnx.export restores train() of what it was given
    part = f"{path}.part"
    options = {} if torch.__version__.startswith("1.") else {"dynamo": False}
    with warnings.catch_warnings():
        # What PyTorch's exporter leaves unfolded, or without a shape, ONNX Runtime folds and finds out.
        warnings.filterwarnings("ignore", "Constant folding|The shape inference of", UserWarning)
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            part,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=dynamic,
            opset_version=OPSET,
            do_constant_folding=True,
            **options,
        )
    set_manifest(part, manifest)
    os.replace(part, path)
    return digest(path)


def set_manifest(path, manifest):
    """Puts the manifest into an ONNX file's metadata, in place of an older one."""
    model = onnx.load(path)
    for old in [p for p in model.metadata_props if p.key == METADATA_KEY]:
        model.metadata_props.remove(old)
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, json.dumps(manifest, separators=(",", ":"))
    onnx.save(model, path)


def changed(manifest, settings):
    """A copy of a manifest with settings ["loop.vote=0", ...]; values are JSON, or words. DataError names a bad one."""
    manifest = copy.deepcopy(manifest)
    for setting in settings:
        key, equals, text = setting.partition("=")
        *way, last = key.split(".")
        inside = manifest
        for step in way:
            inside = inside.get(step) if isinstance(inside, dict) else None
        if not equals or not isinstance(inside, dict) or isinstance(inside.get(last), dict):
            raise DataError(f"{setting!r}: PART.NAME=VALUE is expected, of a part that the manifest has")
        try:
            inside[last] = json.loads(text)
        except ValueError:
            inside[last] = text
    return manifest


HALF = ".half"  # ends the name of a weight that is stored in 16 bits
LEAST_HALVED = 256  # numbers in a weight: a smaller one stays as it is


def halve(model):
    """Stores an fp32 model's weights in 16 bits, each with a cast behind it that is done once, when it is opened."""
    casts = []
    for weight in model.graph.initializer:
        value = numpy_helper.to_array(weight)
        if value.dtype == np.float32 and value.size >= LEAST_HALVED:
            name = weight.name
            weight.CopyFrom(numpy_helper.from_array(value.astype(np.float16), name + HALF))
            casts.append(helper.make_node("Cast", [name + HALF], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def unhalve(model):
    """Undoes halve, but for what the rounding took: a graph whose weights are plain, as quantisation wants them."""
    halved = {w.name for w in model.graph.initializer if w.name.endswith(HALF)}
    nodes = [n for n in model.graph.node if not (n.op_type == "Cast" and n.input[0] in halved)]
    for weight in model.graph.initializer:
        if weight.name in halved:
            value = numpy_helper.to_array(weight).astype(np.float32)
            weight.CopyFrom(numpy_helper.from_array(value, weight.name.removesuffix(HALF)))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def weights_of(model):
    """The weights of a model by name, those that are stored in 16 bits too."""
    return {w.name.removesuffix(HALF): numpy_helper.to_array(w).astype(np.float32) for w in model.graph.initializer}


def manifest_of(path):
    """The manifest in an ONNX file's metadata. DataError names a file that is no model of ours."""
    try:
        model = onnx.load(path, load_external_data=False)
        return json.loads({p.key: p.value for p in model.metadata_props}[METADATA_KEY])
    except (DecodeError, KeyError) as err:
        raise DataError(f"{path}: not an ONNX file with a Siamtrack manifest in its metadata") from err


def exemplar_graph(path):
    """The ONNX bytes of the graph that is run on the exemplar alone, or None where one graph does both.

    They lie in the file's metadata, or in a file that the manifest names, relative to it.
    """
    model = onnx.load(path, load_external_data=False)
    inside = {p.key: p.value for p in model.metadata_props}.get(EXEMPLAR_KEY)
    if inside is not None:
        return base64.b64decode(inside, validate=True)
    name = manifest_of(path).get("files", {}).get("exemplar")
    if name is None:
        return None
    beside = os.path.join(os.path.dirname(path), name)
    try:
        with open(beside, "rb") as file:
            return file.read()
    except FileNotFoundError as err:
        raise DataError(f"{path}: its exemplar graph {beside} is not there") from err


def digest(path):
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def session(path):
    """An ONNX Runtime session (of a file, or of its bytes) on one thread that does not spin, as the Go program has it.

    DataError names a file that is none for it.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return packed.opened(onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]))
    except Exception as err:  # its errors have no base of their own
        name = path if isinstance(path, str) else "exemplar graph"
        raise DataError(f"{name}: ONNX Runtime cannot open it: {err}") from err


def verify(path, module, inputs):
    """Runs the file and the module on the same inputs.

    Returns the largest relative difference over all outputs; raises ParityError where it is too large.
    """
    with torch.no_grad():
        want = module.eval()(*inputs.values())
    want = [want] if isinstance(want, torch.Tensor) else want
    got = session(path).run(None, {k: v.numpy() for k, v in inputs.items()})
    worst = max(float(np.abs(g - w.numpy()).max() / max(w.abs().max().item(), 1e-12)) for g, w in zip(got, want))
    if not worst <= TOLERANCE:
        raise ParityError(
            f"{path}: ONNX Runtime differs from PyTorch by {worst:.2g} of the largest value, {TOLERANCE:g} allowed"
        )
    return worst
