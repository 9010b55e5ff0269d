"""The marked network: what is exported equals what is trained, and the mark is what the text says."""

import hashlib
import warnings

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from siamtrain.backbone import dense
from siamtrain.backbone.dense import normalise
from siamtrain.checks import parity
from siamtrain.data import synthetic
from siamtrain.errors import DataError
from siamtrain.file import attention, export, packed, quantise
from siamtrain.loop.box import EXEMPLAR, SEARCH, OnnxModel
from siamtrain.loop.follow import follow
from siamtrain.marked import files, student
from siamtrain.marked.graphs import ExemplarGraph, SearchGraph
from siamtrain.marked.network import Head, MarkedNet, coverage, logsize
from siamtrain.marked.pairs import Batch

MARK = torch.tensor([[20.0, 40.0, 104.0, 88.0]])


@pytest.fixture(scope="module")
def net():
    """A network none of whose normalisations and zeroed layers is trivial."""
    torch.manual_seed(3)
    net = MarkedNet("tiny", width=16)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.3, 0.3)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.3, 0.3)
    torch.nn.init.normal_(net.head.shape[2].weight, std=0.1)
    torch.nn.init.normal_(net.head.shape[2].bias, std=0.1)
    return net.eval()


def crops(seed, *sizes):
    noise = torch.Generator().manual_seed(seed)
    return [torch.rand(1, 3, s, s, generator=noise) * 255 for s in sizes]


def test_a_first_convolution_that_pads_cannot_be_folded():
    conv, norm = torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.BatchNorm2d(4)
    with pytest.raises(ValueError, match="pads"):
        dense.fold(conv, norm, first=True)


def test_a_block_begins_as_the_identity():
    block, seen = dense.Block(12, 4), torch.rand(2, 12, 5, 5)
    torch.testing.assert_close(block(seen), seen)


def test_coverage_is_the_covered_part_of_each_cell():
    found = coverage(torch.tensor([[8.0, 16.0, 40.0, 36.0]]))[0, 0]
    along, down = torch.zeros(8), torch.zeros(8)
    along[:3] = torch.tensor([0.5, 1.0, 0.5])  # cells 0..16, 16..32, 32..48 of 8..40
    down[1:3] = torch.tensor([1.0, 0.25])  # 16..32, 32..48 of 16..36
    torch.testing.assert_close(found, down[:, None] * along[None])
    assert coverage(torch.tensor([[0.0, 0, 128, 128]])).eq(1).all()


def test_logsize_is_nought_at_half_the_crop_and_finite_at_no_size():
    assert logsize(torch.tensor([[32.0, 32, 96, 96]])).abs().max() < 1e-6
    assert logsize(torch.tensor([[0.0, 0, 128, 32]]))[0].tolist() == pytest.approx([np.log(2), np.log(0.5)])
    assert torch.isfinite(logsize(torch.zeros(1, 4))).all()


def test_exported_graphs_equal_the_network(net):
    exemplar, search = crops(0, EXEMPLAR, SEARCH)
    with torch.no_grad():
        logits, sides = net(normalise(exemplar), MARK, normalise(search))
        kept = ExemplarGraph(net).eval()(exemplar, MARK)
        response, ours, features = SearchGraph(net).eval()(search, *kept)
    torch.testing.assert_close(features, net.features(normalise(search)), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(response, torch.sigmoid(logits), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(ours, sides, rtol=1e-4, atol=1e-4)


def test_correlations_are_dot_products_of_cells_weighed_by_the_box(net):
    kept, seen = torch.randn(1, 16, 8, 8), torch.randn(1, 16, 16, 16)
    template, part = net.head.template(kept, MARK), coverage(MARK)[0, 0]
    for row, column in ((2, 1), (2, 4), (0, 0)):
        want = kept[0, :, row, column] @ seen[0, :, 7, 11] / 4  # sqrt(16 channels)
        maps = [m[0, 8 * row + column] @ seen[0, :, 7, 11] for m in (template.target, template.around)]
        assert maps[0].item() == pytest.approx((want * part[row, column]).item(), abs=1e-5)
        assert sum(maps).item() == pytest.approx(want.item(), abs=1e-5)


def test_the_mark_changes_what_is_seen_and_its_absence_is_an_ablation(net):
    exemplar, search = (normalise(c) for c in crops(0, EXEMPLAR, SEARCH))
    other = torch.tensor([[50.0, 50.0, 70.0, 110.0]])
    with torch.no_grad():
        assert not torch.allclose(net(exemplar, MARK, search)[0], net(exemplar, other, search)[0])
        kept, seen = net.features(exemplar), net.features(search)
        for parts in ({"marked": False}, {"depthwise": False}, {"attention": False}):
            head = Head(16, (1, 1), **parts).eval()
            logits, sides = head(head.template(kept, MARK), seen)
            assert logits.shape == (1, 1, 16, 16) and sides.shape == (1, 4, 16, 16)
            blind = torch.equal(logits, head(head.template(kept, other), seen)[0])
            assert blind == ("marked" in parts) or "attention" in parts


def test_names_of_weights_are_those_of_the_trained_files():
    names = "\n".join(sorted(MarkedNet("s").state_dict()))
    assert hashlib.sha256(names.encode()).hexdigest()[:16] == "513fec2d9ab60be9"


def test_a_trained_file_without_its_plan_is_refused(net, tmp_path):
    path = str(tmp_path / "w.pt")
    torch.save({"plan": "x", "student": {}, "seen": {}}, path)
    with pytest.raises(DataError, match="plan x"):
        student.load_network(path)
    torch.save([1, 2], path)
    with pytest.raises(DataError, match="not the weights"):
        student.load_network(path)


def test_an_export_has_nothing_to_warn_of(net, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("error", torch.jit.TracerWarning)
        files.write(net, files.manifest("tiny"), str(tmp_path / "full.onnx"))


def test_files_agree_and_carry_the_manifest(net, tmp_path):
    pytest.importorskip("onnxruntime.quantization")
    full, small = str(tmp_path / "full.onnx"), str(tmp_path / "int8.onnx")
    about = files.manifest("tiny")
    files.write(net, about, full)  # raises ParityError where ONNX Runtime differs by more than 1e-4
    exemplar, search = (torch.cat([crops(k, s)[0] for k in range(3)]) for s in (EXEMPLAR, SEARCH))
    no = torch.zeros(3, dtype=torch.bool)
    batch = Batch(exemplar, MARK.expand(3, -1), search, torch.zeros(3, 4), ~no, no, no, None)
    files.write_int8(full, batch, about, small)
    response, sides = files.differences(full, small, batch)
    assert response < 0.02 and sides < 2.0
    weights = [w for w in onnx.load(small).graph.initializer if len(w.dims) == 4]
    assert {w.data_type for w in weights} == {onnx.TensorProto.INT8, onnx.TensorProto.FLOAT}
    assert quantise._kept(full), "the correlations and the last convolutions stay as they are"
    whole = [numpy_helper.to_array(w).astype(int) for w in weights if w.data_type == onnx.TensorProto.INT8]
    assert max(np.abs(w).max() for w in whole) <= 64, "sums of two products fit 16 bits"
    assert export.manifest_of(small)["grid"] == {"size": 16, "stride": 16, "origin": -128}
    model = OnnxModel(full)
    image = search[0].permute(1, 2, 0).flip(2).numpy().astype(np.uint8)
    first = exemplar[0].permute(1, 2, 0).flip(2).numpy().astype(np.uint8)
    found, _ = model.locate(model.exemplar(first, MARK[0].numpy()), image)
    given = [torch.from_numpy(v[..., ::-1].copy()).permute(2, 0, 1)[None].float() for v in (first, image)]
    with torch.no_grad():
        logits, _ = net(normalise(given[0]), MARK, normalise(given[1]))
    np.testing.assert_allclose(found, torch.sigmoid(logits)[0, 0].numpy(), atol=5e-3)  # weights are stored in 16 bits


def test_an_int8_file_takes_packed_images_and_attends_in_rows(net, tmp_path):
    pytest.importorskip("onnxruntime.quantization")
    full, small = str(tmp_path / "full.onnx"), str(tmp_path / "int8.onnx")
    about, no = files.manifest("tiny"), torch.zeros(3, dtype=torch.bool)
    files.write(net, about, full)
    exemplar, search = (torch.cat([crops(k, s)[0] for k in range(3)]) for s in (EXEMPLAR, SEARCH))
    batch = Batch(exemplar, MARK.expand(3, -1), search, torch.zeros(3, 4), ~no, no, no, None)
    files.write_int8(full, batch, about, small)
    assert not packed.pack(onnx.load(full)) and not packed.pack(onnx.load(small))
    image = next(i for i in export.session(small).get_inputs() if i.name == "image")
    assert (image.type, image.shape[3]) == ("tensor(uint8)", 48)
    for path in (full, small):
        assert [n.op_type for n in onnx.load(path).graph.node].count("MatMul") == 2
        assert not attention.by_rows(onnx.load(path))


def test_pytorch_s_twin_of_a_file_follows_as_onnx_runtime_does(net, tmp_path):
    """What `fixture` compares Go with."""
    path = str(tmp_path / "full.onnx")
    files.write(net, files.manifest("tiny"), path)
    images, boxes = synthetic.video(7, 5)
    torch_tracker, onnx_tracker, embed = parity.box(path, export.manifest_of(path))
    found, want = (follow(tracker, images, boxes[0])[0] for tracker in (torch_tracker, onnx_tracker))
    np.testing.assert_allclose(found, want, atol=0.05)
    assert embed(np.zeros((EXEMPLAR, EXEMPLAR, 3), np.uint8)).shape == (16 * 8 * 8,)
