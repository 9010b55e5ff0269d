"""The average of two networks' weights, and what is refused."""

import pytest
import torch

from siamtrain.__main__ import main
from siamtrain.marked import student


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Weights of two tiny networks, of which the second has learnt."""
    folder, paths = tmp_path_factory.mktemp("weights"), []
    for seed in (1, 2):
        paths.append(str(folder / f"{seed}.pt"))
        pupil = student.Student("tiny", torch.device("cpu"), seed)
        pupil.seen["pairs"] = 100 * seed
        pupil.save(paths[-1])
    return paths


def test_it_lies_on_the_line_between_them(files, tmp_path):
    first, second = (student.read_weights(p)["student"] for p in files)
    name = "net.head.kernel_of.weight"
    assert not torch.equal(first[name], second[name])
    for share in (0, 0.3, 1):
        out = str(tmp_path / f"{share}.pt")
        assert main(["average", *files, "--share", str(share), "--out", out]) == 0
        got = student.read_weights(out)
        assert got["seen"]["pairs"] == 200 and got["seen"]["share"] == share
        for name, value in got["student"].items():
            want = (1 - share) * first[name].double() + share * second[name].double()
            torch.testing.assert_close(value.double(), want, rtol=1e-3, atol=1e-6)  # fp16
        assert student.load_network(out)[0].plan == "tiny"


def test_what_is_alike_in_both_stays(files, tmp_path):
    """As a backbone does whose head alone was trained on: to the last bit."""
    out = str(tmp_path / "same.pt")
    assert main(["average", files[0], files[0], "--share", "0.7", "--out", out]) == 0
    for name, value in student.read_weights(files[0])["student"].items():
        assert torch.equal(student.read_weights(out)["student"][name], value), name


def test_what_does_not_fit_is_named(files, tmp_path, caplog):
    saved = torch.load(files[1])
    (other, less, wide, none) = (str(tmp_path / f"{n}.pt") for n in ("other", "less", "wide", "none"))
    torch.save({**saved, "plan": "s"}, other)
    left = dict(saved["student"])
    name = sorted(left)[0]
    torch.save({**saved, "student": {**left, name: torch.zeros(7, 7, 7)}}, wide)
    del left[name]
    torch.save({**saved, "student": left}, less)
    (tmp_path / "none.pt").write_bytes(b"no weights")
    out = str(tmp_path / "out.pt")
    for args, said in (
        ((files[0], other), "plan s"),
        ((files[0], less), name),
        ((files[0], wide), name),
        ((files[0], none), "none.pt"),
        ((*files, "--share", "1.5"), "0 to 1"),
        ((*files, "--share", "nan"), "0 to 1"),
    ):
        caplog.clear()
        assert main(["average", *args, "--out", out]) == 1
        assert said in caplog.text
    assert not (tmp_path / "out.pt").exists()
