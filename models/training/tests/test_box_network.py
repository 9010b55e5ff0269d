"""The box network: what is exported equals what is trained, and its geometry is what the text says."""

import os

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from siamtrain.backbone import dense
from siamtrain.box import files, losses, network
from siamtrain.box.pairs import Pair
from siamtrain.file import quantise
from siamtrain.fit import cells
from siamtrain.loop.box import EXEMPLAR, SEARCH, Loop

LOOP, STATE = Loop(), {"uncertain": 0.5, "lost": 0.3}


@pytest.fixture(scope="module")
def net():
    """A network whose batch normalisations have seen data, so that folding them is not trivial."""
    torch.manual_seed(3)
    net = network.BoxNet("tiny", width=16)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.3, 0.3)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.3, 0.3)
    return net.eval()


def crops(seed, *sizes):
    noise = torch.Generator().manual_seed(seed)
    return [torch.rand(1, 3, s, s, generator=noise) * 255 for s in sizes]


def test_exported_module_equals_network(net):
    exemplar, search = crops(0, EXEMPLAR, SEARCH)
    with torch.no_grad():
        kept = net.features(dense.normalise(exemplar))
        logits, sides = net(dense.normalise(exemplar), dense.normalise(search))
        module = network.Exported(net).eval()
        alone, _, _ = module(exemplar, torch.zeros_like(kept))
        _, response, ours = module(search, kept)
    torch.testing.assert_close(alone, kept, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(response, torch.sigmoid(logits), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(ours, sides, rtol=1e-4, atol=1e-4)


def test_pixelwise_correlation_is_the_dot_product_of_cells(net):
    kept, seen = torch.randn(2, 16, 8, 8), torch.randn(2, 16, 16, 16)
    maps = net.correlate(kept, seen)
    want = kept[1, :, 2, 5] @ seen[1, :, 7, 11] / 4  # sqrt(16 channels); cell (2, 5) is map 21
    assert maps[1, 2 * 8 + 5, 7, 11].item() == pytest.approx(want.item(), rel=1e-5)


def test_padding_stem_cannot_be_folded():
    conv, norm = torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.BatchNorm2d(4)
    with pytest.raises(ValueError, match="pads"):
        dense.fold(conv, norm, first=True)


def test_multiply_adds_of_the_plans():
    cells, fine, dense, block = 16 * 16, 32 * 32, 9 * 160 * 160, 2 * 160 * 64 + 9 * 64 * 64
    begin, end = 64 * 64 * 48 * 48 + fine * 9 * 48 * 96 + cells * 9 * 96 * 160, cells * 160 * 96
    head = cells * (64 * 96 + 9 * (160 * 96 + 96 * 64 + 96 * 96) + 64 + 4 * 96)
    for plan, middle in (("g", fine * 9 * 96 * 96 + 3 * cells * dense), ("h", cells * (2 * dense + 4 * block))):
        features, rest = network.multiply_adds(network.BoxNet(plan))
        assert (features, rest) == pytest.approx(((begin + middle + end) / 1e6, head / 1e6))


def test_a_block_begins_as_the_identity():
    block, seen = dense.Block(12, 4), torch.rand(2, 12, 5, 5)
    torch.testing.assert_close(block(seen), seen)


def test_targets_are_ellipses_and_negative_pairs_have_none():
    boxes = torch.tensor([[96.0, 64, 160, 192], [96, 64, 160, 192]])  # centre (128, 128): cell (8, 8); 64 x 128
    hit, miss = cells.assign(boxes, torch.tensor([True, False]))
    assert hit[0, 8, 8] and hit[0, 10, 8] and not hit[0, 11, 8] and hit[0, 8, 9] and not hit[0, 8, 10]
    assert miss[0, 13, 8] and not miss[0, 11, 8] and not hit[1].any() and miss[1].all()


def test_perfect_sides_have_no_box_loss():
    boxes = torch.tensor([[96.0, 64, 160, 192]])
    x, y = cells.positions()
    sides = torch.stack([x - 96, y - 64, 160 - x, 192 - y])[None]
    _, box, iou = losses.supervised(torch.zeros(1, 1, 16, 16), sides, boxes, torch.tensor([True]))
    assert box.item() == pytest.approx(0, abs=1e-6) and iou.item() == pytest.approx(1)


def test_teacher_terms_vanish_where_it_is_not_trusted_or_already_right():
    x, y = cells.positions()
    sides = torch.full((1, 4, 16, 16), 30.0)
    located = torch.stack([torch.full((15, 15), 0.8), *(v[1:, 1:] for v in (x - 30, y - 30, x + 30, y + 30))])[None]
    right = torch.full((1, 1, 16, 16), float(np.log(0.8 / 0.2)))
    response, box = losses.taught(right, sides, located, torch.tensor([True]))
    assert response.item() == pytest.approx(0, abs=1e-5) and box.item() == pytest.approx(0, abs=1e-6)
    assert all(v.item() == 0 for v in losses.taught(right * 0, sides * 2, located, torch.tensor([False])))


def test_files_agree_and_carry_the_manifest(net, tmp_path):
    pytest.importorskip("onnxruntime.quantization")
    full, small = str(tmp_path / "full.onnx"), str(tmp_path / "int8.onnx")
    about = files.manifest(LOOP, STATE)
    files.write(net, about, full)  # raises ParityError where ONNX Runtime differs by more than 1e-4
    noise = np.random.default_rng(0)
    pairs = [
        Pair(
            noise.integers(0, 256, (128, 128, 3), np.uint8),
            noise.integers(0, 256, (256, 256, 3), np.uint8),
            (0, 0, 1, 1),
            True,
        )
        for _ in range(4)
    ]
    files.write_int8(full, pairs, about, small)
    weights = [
        numpy_helper.to_array(i) for i in onnx.load(small).graph.initializer if i.data_type == onnx.TensorProto.INT8
    ]
    assert any(w.size > 1000 for w in weights) and all(
        np.abs(w.astype(int)).max() <= 64 for w in weights if w.size > 1000
    ), "sums of two products fit 16 bits"
    assert quantise._kept(full), "the correlation and the last convolutions stay in fp32"
    response, sides = files.differences(full, small, pairs)
    assert response < 0.02 and sides < 1.0
    assert files.export.manifest_of(small)["grid"] == {"size": 16, "stride": 16, "origin": -128}
    assert os.path.getsize(full) < 10e6
