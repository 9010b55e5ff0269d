"""Tars of every layout: what is packed is what is read."""

import csv
import io
import os
import tarfile
from concurrent.futures import ThreadPoolExecutor

import bundles
import cv2
import numpy as np
import pytest
import torch

from siamtrain.data import synthetic
from siamtrain.errors import DataError
from siamtrain.marked import bundle, calibrate, masks, pairs, parts
from siamtrain.marked.frames import Store
from siamtrain.marked.inbox import Inbox

POOL = ThreadPoolExecutor(1)


@pytest.fixture(scope="module")
def tars(tmp_path_factory):
    return bundles.write(str(tmp_path_factory.mktemp("data")))


def read(tars, name, thin=1):
    return parts.read(os.path.join(tars, name), POOL, thin)


def test_stills_are_read_with_boxes_classes_and_masks(tars):
    part = read(tars, "stills-0.tar")
    assert len(part.frames) == len(part.clips) == len(part.tracks) == bundles.STILLS
    for number, track in enumerate(part.tracks):
        image, boxes = synthetic.video(100 + number, 1)
        assert track.kind == "still" and track.label == ("thing" if number % 2 else "other")
        np.testing.assert_allclose(track.boxes[0], boxes[0])
        np.testing.assert_array_equal(part.frames[track.frames[0]], image[0])
    with tarfile.open(os.path.join(tars, "stills-0.tar")) as tar:
        held = masks.unpack(tar.extractfile("masks.npz").read())
    for number, track in enumerate(part.tracks):
        want = held.get(("still", number))
        assert (track.masks[0] is None) if want is None else (track.masks[0] == want).all()


def test_sequences_are_read_frame_by_frame(tars):
    part = read(tars, "sequences-0.tar")
    assert len(part.frames) == bundles.SEQUENCES * bundles.FRAMES and len(part.tracks) == bundles.SEQUENCES
    for number, track in enumerate(part.tracks):
        _, boxes = synthetic.video(number, bundles.FRAMES)
        assert (track.kind, track.clip) == ("video", f"s{number}")
        np.testing.assert_allclose(track.boxes, boxes)
        clip = next(c for c in part.clips if c.name == track.clip)
        assert track.frames.tolist() == list(range(clip.first, clip.first + clip.count))


def test_clips_are_read_with_their_tracks(tars):
    part = read(tars, "clips-0.tar")
    assert len(part.frames) == bundles.CLIP_FRAMES and [t.kind for t in part.tracks] == ["pseudo"]
    _, boxes = synthetic.video(50, bundles.CLIP_FRAMES)
    np.testing.assert_allclose(part.tracks[0].boxes, boxes)


def test_a_thinned_part_keeps_each_third_frame_of_clips_and_all_stills(tars):
    part = read(tars, "clips-0.tar", 3)
    whole = read(tars, "clips-0.tar")
    assert len(part.frames) == len(range(0, bundles.CLIP_FRAMES, 3)) == part.clips[0].count
    np.testing.assert_array_equal(part.frames[2], whole.frames[6])
    np.testing.assert_allclose(part.tracks[0].boxes, whole.tracks[0].boxes[::3])
    stills = read(tars, "stills-0.tar", 3)
    assert len(stills.frames) == len(stills.tracks) == bundles.STILLS


def test_the_first_clips_of_a_part_are_a_part(tars):
    part = parts.first(read(tars, "sequences-0.tar"), 2 * bundles.FRAMES + 3)
    assert len(part.frames) == 2 * bundles.FRAMES and [t.clip for t in part.tracks] == ["s0", "s1"]
    whole = read(tars, "sequences-0.tar")
    short = parts.first(whole, bundles.FRAMES - 5)
    assert len(short.frames) == short.clips[0].count == bundles.FRAMES - 5 and len(short.clips) == 1
    np.testing.assert_array_equal(short.tracks[0].boxes, whole.tracks[0].boxes[: bundles.FRAMES - 5])
    assert parts.first(whole, parts.LEAST_SEEN - 1).tracks == parts.first(whole, 0).clips == []


def tar_of(path, files):
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def test_videos_beyond_what_is_wanted_are_not_decoded(tars, tmp_path, monkeypatch):
    """Decoded they take a hundred times their size: a tar of them as bundle writes it took 10 GB."""
    with tarfile.open(os.path.join(tars, "clips-0.tar")) as tar:
        video = next(tar.extractfile(m).read() for m in tar.getmembers() if m.name.endswith(".mp4"))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    tar_of(tmp_path / "a.tar", {f"{k}.mp4": video for k in range(9)})
    decoded, decode = [], parts.decode_video
    monkeypatch.setattr(parts, "decode_video", lambda *given: decoded.append(1) or decode(*given))
    part = parts.read(tmp_path / "a.tar", POOL, most=3 * bundles.CLIP_FRAMES - 1)
    assert len(decoded) == 4 and [c.name for c in part.clips] == ["0.mp4", "1.mp4"]
    assert len(part.frames) == 2 * bundles.CLIP_FRAMES
    assert len(parts.read(tmp_path / "a.tar", POOL).clips) == 9


def test_what_cannot_be_read_moves_no_box_to_another_frame(tmp_path):
    image = cv2.imencode(".png", np.full((64, 64, 3), 9, np.uint8))[1].tobytes()
    files = {f"s/img/{k}.png": image if k != 2 else b"no image" for k in range(8)}
    lines = [f"{k},1,20,20" for k in range(8)]
    lines[4] = ""
    files["s/groundtruth_rect.txt"] = "\n".join(lines).encode()
    tar_of(tmp_path / "a.tar", files)
    (track,) = parts.read(tmp_path / "a.tar", POOL).tracks
    assert track.boxes[:, 0].tolist() == [0, 1, 3, 5, 6, 7] and track.frames.tolist() == [0, 1, 2, 4, 5, 6]


def test_large_frames_are_shrunk_with_their_boxes(tmp_path):
    image = cv2.imencode(".jpg", np.zeros((448, 896, 3), np.uint8))[1].tobytes()
    table = b"file,x,y,w,h,class\na.jpg,100,200,80,40,dog\nb.jpg,1,1,9,9,dog\na.jpg,0,0,3,3,ant\n"
    tar_of(tmp_path / "a.tar", {"a.jpg": image, "boxes.csv": table})
    part = parts.read(tmp_path / "a.tar", POOL)
    assert part.frames[0].shape == (224, 448, 3) and len(part.tracks) == 1, "one image is missing, one box too small"
    np.testing.assert_allclose(part.tracks[0].boxes, [[50, 100, 40, 20]])


def test_a_broken_tar_is_named_and_ends_nothing(tars, tmp_path):
    (tmp_path / "a.tar").write_bytes(b"x" * 2000)
    with pytest.raises(DataError, match="a.tar"):
        parts.read(tmp_path / "a.tar", POOL)
    os.link(os.path.join(tars, "stills-0.tar"), tmp_path / "b.tar")
    said = []
    inbox = Inbox(str(tmp_path), 0, said.append)
    inbox.run()
    assert [name for name, _ in inbox.take()] == ["b.tar"] and inbox.empty()
    assert any("a.tar: cannot be read" in line for line in said)


def test_an_inbox_keeps_an_order_and_refuses_to_wait_for_nothing(tars, tmp_path):
    with pytest.raises(DataError, match="no tar"):
        Inbox(str(tmp_path), 0, print)
    with pytest.raises(DataError, match="gone.tar"):
        Inbox(tars, 0, print, first=("gone.tar",))
    order = ("stills-0.tar", "clips-0.tar")
    inbox = Inbox(tars, 2, lambda _: None, first=order)
    inbox.run()
    assert tuple(name for name, _ in inbox.take()) == order


def test_tars_stay_below_their_limit(tmp_path):
    paths, tracks = bundles.draw(str(tmp_path / "data"))
    limit = 600_000
    bundle.write(paths[:1], str(tmp_path / "small"), limit)
    names = sorted(os.listdir(tmp_path / "small"))
    assert len(names) > 1 and all(os.path.getsize(tmp_path / "small" / n) <= limit for n in names)
    found = [t for n in names for t in parts.read(tmp_path / "small" / n, POOL).tracks]
    assert len(found) == bundles.STILLS
    with open(tracks, newline="", encoding="utf-8") as file:
        assert next(csv.reader(file))[0] == "clip"
    with pytest.raises(DataError, match="not a csv of tracks"):
        bundle.write(paths[2:], str(tmp_path / "bad"), limit, paths[0])


def test_a_store_holds_back_what_it_is_told(tars):
    part, cpu = read(tars, "sequences-0.tar"), torch.device("cpu")
    store = Store(100, cpu, held=("s1",))
    store.add(part)
    assert store.held_tracks.tolist() == [1] and store.pools["video"].tolist() == [0, 2]
    assert not set(store.free_frames) & set(range(bundles.FRAMES, 2 * bundles.FRAMES))
    none = Store(100, cpu, held=None)
    none.add(part)
    assert len(none.held_tracks) == 0 and len(none.pools["video"]) == 3
    with pytest.raises(DataError, match="no room"):
        Store(20, cpu).add(part)


def test_calibration_pairs_are_real_and_the_same_for_a_seed(tars):
    one, two = (calibrate.pairs(tars, 4, 30, 3) for _ in range(2))
    assert torch.equal(one.search, two.search) and one.search.shape == (4, 3, 256, 256)
    with pytest.raises(DataError, match="no tar"):
        calibrate.pairs("/nowhere", 4, 30, 3)


def test_calibration_takes_its_frames_from_each_kind_first(tmp_path, monkeypatch):
    """The first tar of clips was all there was, as it holds more than what is read."""
    sizes = {"clips-0": 50, "clips-1": 50, "sequences-0": 3, "stills-1": 50, "stills-2": 50, "mine": 7}
    read, of = [], {}

    def part(path, pool, most):
        name = os.path.basename(path).removesuffix(".tar")
        count = min(most, sizes[name])
        read.append((name, most))
        of[name] = count
        clip = parts.Clip(name, 0, count, 1.0)
        boxes = parts.Boxes("video", "", name, np.arange(count), np.full((count, 4), 8.0), [None] * count)
        return parts.Part([np.zeros((24, 24, 3), np.uint8)] * count, [clip], [boxes])

    for name in sizes:
        (tmp_path / f"{name}.tar").touch()
    monkeypatch.setattr(parts, "read", part)
    calibrate.pairs(str(tmp_path), 4, 40, 3)
    # A quarter for each of four kinds, and what one leaves is the next ones'.
    assert of == {"clips-0": 10, "mine": 7, "sequences-0": 3, "stills-1": 20} and [n for n, _ in read] == sorted(of)
    of.clear()
    calibrate.pairs(str(tmp_path), 4, 1000, 3)
    assert of == sizes


def test_calibration_pairs_of_an_inbox_are_of_all_its_kinds(tars):
    """The clips alone would fill nearly all that is read."""
    room = bundles.CLIP_FRAMES + 2
    kinds = {pairs.SOURCES[k] for k in calibrate.pairs(tars, 64, room, 3).source.tolist()}
    assert kinds == {"still", "video", "pseudo"}
