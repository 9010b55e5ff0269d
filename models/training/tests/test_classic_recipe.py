"""One command for one's own data: on clips alone, from random weights, and what it says of data that give nothing."""

import cv2
import numpy as np
import pytest

from siamtrain import __main__ as cli
from siamtrain.classic import unsupervised
from siamtrain.data import synthetic
from siamtrain.data.images import ImageCache
from siamtrain.data.readers import open_all
from siamtrain.file import export


def clip(path, seed, frames=40):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (synthetic.WIDTH, synthetic.HEIGHT))
    for image in synthetic.video(seed, frames)[0]:
        writer.write(image)
    writer.release()


def train(folder, data, *more):
    out = folder / "out.onnx"
    few = ["--steps", "6", "--batch", "3", "--random-start", "--run", str(folder / "run"), "--out", str(out)]
    return cli.main(["train", "--data", str(data), *few, *more]), str(out)


def test_it_learns_from_clips_alone(tmp_path):
    (tmp_path / "clips").mkdir()
    for k in range(2):
        clip(tmp_path / "clips" / f"{k}.avi", 100 + k)
    code, out = train(tmp_path, tmp_path / "clips", "--unsupervised")
    assert code == 0 and export.manifest_of(out)["kind"] == "peak"


def test_it_learns_from_six_small_sequences_and_random_weights(tmp_path):
    for k in range(6):
        synthetic.write(str(tmp_path / "data" / f"S{k}"), k, 8)
    code, out = train(tmp_path, tmp_path / "data")
    assert code == 0 and export.manifest_of(out)["correlation"]["scale"] > 0


def test_another_network_in_the_run_is_an_error_by_name(tmp_path, caplog):
    synthetic.write(str(tmp_path / "data" / "S"), 1, 8)
    assert train(tmp_path, tmp_path / "data")[0] == 0
    (tmp_path / "run" / "last.pt").write_bytes(b"")
    import torch

    torch.save({"format": 1, "model": {}, "average": {}, "optimiser": {}}, str(tmp_path / "run" / "last.pt"))
    assert train(tmp_path, tmp_path / "data")[0] == 1
    assert "last.pt: of another network" in caplog.text


def test_clips_without_labels_say_how_to_use_them(tmp_path, caplog):
    (tmp_path / "clips").mkdir()
    clip(tmp_path / "clips" / "a.avi", 1, 4)
    assert train(tmp_path, tmp_path / "clips")[0] == 1
    assert "no annotated track" in caplog.text and "--unsupervised" in caplog.text


def test_clips_that_do_not_decode_are_an_error_by_name(tmp_path, caplog):
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.avi").write_bytes(b"no video")
    assert train(tmp_path, tmp_path / "clips", "--unsupervised")[0] == 1
    assert "no clip that can be decoded" in caplog.text


def test_a_frame_that_was_dropped_is_decoded_again(tmp_path):
    clip(tmp_path / "a.avi", 7, 12)
    roomy, narrow = ImageCache(), ImageCache(limit=1)
    keys = unsupervised.read_clip(str(tmp_path / "a.avi"), roomy)
    assert unsupervised.read_clip(str(tmp_path / "a.avi"), narrow) == keys and len(narrow.images) == 1
    for key in keys:
        np.testing.assert_array_equal(narrow.load(key), roomy.images[key])


def test_sequences_of_images_are_clips_too(tmp_path):
    synthetic.write(str(tmp_path / "S"), 1, 10)
    (keys,) = unsupervised.clips_of(open_all([str(tmp_path)]), ImageCache()).values()
    assert len(keys) == 4 and keys[1].endswith("0004.png")


@pytest.mark.parametrize("count, kept", [(3, 3), (40, unsupervised.STILLS)])
def test_regions_come_from_frames_all_over_a_clip(count, kept):
    keys = [f"a#{i}" for i in range(count)]
    (chosen,) = unsupervised.frames_of({"a": keys}).values()
    assert len(chosen) == kept and chosen[0] == keys[0] and chosen[-1] == keys[-1]
