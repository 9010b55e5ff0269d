"""Every layout is read as its own description says, and bad data is named, never silently trained on."""

import json
import os

import cv2
import numpy as np
import pytest

from siamtrain import __main__ as cli
from siamtrain.data.images import ImageCache
from siamtrain.data.readers import open_data
from siamtrain.errors import DataError


def picture(path, width=60, height=40):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 90, np.uint8))
    return str(path)


def text(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    path.write_text(content)
    return str(path)


def test_otb_with_two_targets_and_an_absent_frame(tmp_path):
    for i in range(3):
        picture(tmp_path / "Jog" / "img" / f"{i + 1:04d}.jpg")
    text(tmp_path / "Jog" / "groundtruth_rect.1.txt", "1,2,10,12\n2,2,10,12\n3,2,10,12\n")
    text(tmp_path / "Jog" / "groundtruth_rect.2.txt", "5\t6\t10\t12\nNaN\tNaN\tNaN\tNaN\n7 6 10 12\n")
    for path in (tmp_path, tmp_path / "Jog"):
        found = open_data(str(path))
        assert [t.name for t in found.tracks] == ["Jog_1", "Jog_2"] and not found.problems
        assert found.tracks[0].scene == found.tracks[1].scene
        np.testing.assert_array_equal(found.tracks[1].visible(), [0, 2])
        np.testing.assert_array_equal(found.tracks[1].boxes[2], [7, 6, 10, 12])


def test_an_empty_line_of_otb_does_not_shift_what_follows(tmp_path):
    for i in range(3):
        picture(tmp_path / "A" / "img" / f"{i}.png")
    truth = text(tmp_path / "A" / "groundtruth_rect.txt", "1,2,10,12\n\n3,2,10,12\n\n\n")
    found = open_data(str(tmp_path / "A"))
    np.testing.assert_array_equal(found.tracks[0].visible(), [0, 2])
    assert found.problems == [f"{truth}:2: '' is not x,y,w,h; skipped"]


@pytest.mark.parametrize(
    "line, message",
    [
        ("100,2,10,12", "lies mostly outside its 60x40 image"),
        ("1,2,0,12", "is thinner than 4 pixels"),
        ("1,2,inf,12", "is not finite"),
        ("1,2,abc,12", "is not x,y,w,h"),
        ("1,2,3", "is not x,y,w,h"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number_and_skipped(tmp_path, line, message):
    for i in range(2):
        picture(tmp_path / "A" / "img" / f"{i}.png")
    truth = text(tmp_path / "A" / "groundtruth_rect.txt", f"1,2,10,12\n{line}\n")
    found = open_data(str(tmp_path / "A"))
    np.testing.assert_array_equal(found.tracks[0].visible(), [0])
    assert len(found.problems) == 1 and message in found.problems[0] and f"{truth}:2" in found.problems[0]


def test_a_box_over_the_border_is_cut_there(tmp_path):
    picture(tmp_path / "A" / "img" / "1.png")
    text(tmp_path / "A" / "groundtruth_rect.txt", "-5,30,20,15\n")
    np.testing.assert_array_equal(open_data(str(tmp_path / "A")).tracks[0].boxes, [[0, 30, 15, 10]])


def test_lengths_that_differ_are_told(tmp_path):
    picture(tmp_path / "A" / "img" / "1.png")
    text(tmp_path / "A" / "groundtruth_rect.txt", "1,2,10,12\n1,2,10,12\n")
    found = open_data(str(tmp_path / "A"))
    assert "2 boxes for 1 images" in found.problems[0] and len(found.tracks[0].files) == 1


def test_csv(tmp_path):
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png")
    path = text(
        tmp_path / "boxes.csv",
        "file,x,y,w,h,class\na.png,1,2,10,12,dog\nb.png,,,,,\nc.png,1,2,10,12,dog\na.png,nan,2,10,12,dog\na.png,x,2,10,12,dog\n",
    )
    found = open_data(path)
    assert [(t.label, t.boxes.tolist()) for t in found.tracks] == [("dog", [[1, 2, 10, 12]])]
    assert [os.path.basename(f) for f in found.unlabelled] == ["b.png"]
    assert [m in p for m, p in zip(("missing", "not finite", "is not x,y,w,h"), found.problems)] == [True] * 3


def coco(tmp_path, annotations):
    picture(tmp_path / "images" / "a.jpg")
    images = [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "gone.jpg"}]
    return text(
        tmp_path / "instances.json",
        json.dumps({"images": images, "annotations": annotations, "categories": [{"id": 3, "name": "cat"}]}),
    )


def test_coco(tmp_path):
    found = open_data(
        coco(
            tmp_path,
            [
                {"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 2, 10, 12]},
                {"id": 2, "image_id": 2, "category_id": 3, "bbox": [1, 2, 10, 12]},
                {"id": 3, "image_id": 9, "category_id": 3, "bbox": [1, 2, 10, 12]},
                {"id": 4, "image_id": 1, "category_id": 3, "bbox": [1, 2]},
                {"id": 5, "image_id": 1, "category_id": 3, "bbox": [1, 2, 10, 12], "iscrowd": 1},
            ],
        )
    )
    assert [(t.label, t.boxes.tolist()) for t in found.tracks] == [("cat", [[1, 2, 10, 12]])]
    assert [m in p for m, p in zip(("'gone.jpg' is missing", "9 is not listed", "no bbox"), found.problems)] == [
        True
    ] * 3


def test_a_json_that_is_no_coco_is_refused(tmp_path):
    with pytest.raises(DataError, match="not a COCO json"):
        open_data(text(tmp_path / "x.json", '{"images": 3}'))
    with pytest.raises(DataError, match="not a COCO json"):
        open_data(text(tmp_path / "y.json", "no json"))


def test_voc_corners_are_one_based_and_inclusive(tmp_path):
    picture(tmp_path / "JPEGImages" / "a.jpg")

    def box(*c):
        return (
            "<object><name>cow</name><bndbox>"
            + "".join(f"<{k}>{v}</{k}>" for k, v in zip(("xmin", "ymin", "xmax", "ymax"), c))
            + "</bndbox></object>"
        )

    objects = box(1, 1, 60, 40) + box(90, 1, 120, 40) + box("a", 1, 2, 3)
    text(tmp_path / "Annotations" / "a.xml", f"<annotation><filename>a.jpg</filename>{objects}</annotation>")
    text(tmp_path / "Annotations" / "b.xml", "<annotation><filename>b.jpg</filename></annotation>")
    text(tmp_path / "Annotations" / "c.xml", "<annotation>")
    found = open_data(str(tmp_path))
    assert [(t.label, t.boxes.tolist()) for t in found.tracks] == [("cow", [[0, 0, 60, 40]])]
    assert [m in p for m, p in zip(("outside", "no bndbox", "is missing", "not xml"), found.problems)] == [True] * 4


def test_mot_ids_are_tracks_with_gaps(tmp_path):
    for i in range(4):
        picture(tmp_path / "S" / "img1" / f"{i + 1:06d}.jpg")
    text(
        tmp_path / "S" / "gt" / "gt.txt",
        "1,7,2,3,10,12,1,1,1\n3,7,4,3,10,12,1,1,1\n2,8,2,3,10,12,0,1,1\n9,7,2,3,10,12,1,1,1\n1,7,x\n2,7,nan,3,1,1,1\n",
    )
    found = open_data(str(tmp_path))
    assert len(found.tracks) == 1 and found.tracks[0].name == "S_7" and len(found.tracks[0].files) == 3
    np.testing.assert_array_equal(found.tracks[0].boxes, [[1, 2, 10, 12], [np.nan] * 4, [3, 2, 10, 12]])
    assert [m in p for m, p in zip(("frame 9 of 4", "is not frame,id", "is not frame,id"), found.problems)] == [
        True
    ] * 3


def test_unlabelled_folders(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "b.mp4").write_bytes(b"")
    found = open_data(str(tmp_path))
    assert len(found.unlabelled) == 1 and found.tracks[0].boxes is None


def test_nothing_usable_is_refused_with_the_reasons(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        open_data(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="not a layout"):
        open_data(str(tmp_path / "empty"))
    picture(tmp_path / "A" / "img" / "1.png")
    text(tmp_path / "A" / "groundtruth_rect.txt", "500,2,10,12\n")
    with pytest.raises(DataError, match="nothing usable in it\n.*mostly outside"):
        open_data(str(tmp_path / "A"))


def test_an_image_that_is_gone_when_it_is_needed_is_named(tmp_path):
    with pytest.raises(DataError, match="gone.png: missing or not an image"):
        ImageCache().load(str(tmp_path / "gone.png"))


def test_the_cache_keeps_its_bound():
    cache = ImageCache(limit=3000)
    for i in range(5):
        cache.put(str(i), np.zeros((20, 20, 3), np.uint8))
    assert list(cache.images) == ["3", "4"] and cache.held == 2400


def test_the_command_line_says_what_is_wrong_and_exits_with_1(tmp_path, caplog):
    assert cli.main(["evaluate", str(tmp_path / "model.onnx"), "--data", str(tmp_path)]) == 1
    assert "no sequences in the OTB layout" in caplog.text
