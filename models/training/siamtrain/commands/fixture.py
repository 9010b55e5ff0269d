"""python -m siamtrain fixture: what Go must reproduce of a model, on synthetic pixels or on frames of a video."""

HELP = "write frames and what PyTorch's twin of the Go pipeline makes of them, for the Go parity test"
SEED, FRAMES, SAMPLES = 300, 4, 97  # of the synthetic video; every 97th number of the exemplar's features is kept
# Pixels about the first box that are kept of a video's frames: more than the search region of the sample's box.
MARGIN = 100


def configure(parser):
    parser.add_argument("model", metavar="MODEL.onnx", help="a classic model, or an fp32 box model")
    parser.add_argument("--out", required=True, metavar="DIR", help="the folder to write")
    parser.add_argument("--video", metavar="FILE", help="a video in place of the synthetic one; needs --init")
    parser.add_argument("--init", metavar="X,Y,W,H", help="the target in the video's first frame")


def run(args):
    import json
    import os

    import cv2

    from siamtrain.checks import parity
    from siamtrain.data import crop, synthetic
    from siamtrain.file import export
    from siamtrain.loop.follow import follow

    about = export.manifest_of(args.model)
    if args.video:
        images, box = parity.cut(args.video, [float(v) for v in args.init.split(",")], FRAMES, MARGIN)
    else:
        images, (box, *_) = synthetic.video(SEED, FRAMES)
    os.makedirs(args.out, exist_ok=True)
    for i, image in enumerate(images):
        cv2.imwrite(os.path.join(args.out, f"{i}.png"), image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    torch_tracker, onnx_tracker, embed = (parity.box if about["kind"] == "box" else parity.peak)(args.model, about)
    found, scores = follow(torch_tracker, images, box)
    onnx_found, _ = follow(onnx_tracker, images, box)
    if abs(found - onnx_found).max() > 0.1:
        raise export.ParityError(
            f"{args.model}: boxes of PyTorch and ONNX Runtime differ by {abs(found - onnx_found).max():.3g} pixels"
        )
    x, y, w, h = box
    patch = crop.square(images[0], x + w / 2, y + h / 2, crop.context_side(w, h), about["exemplar"]["size"])
    cv2.imwrite(os.path.join(args.out, "crop.png"), patch)
    with open(os.path.join(args.out, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(
            {
                "model": os.path.basename(args.model),
                "sha256": export.digest(args.model),
                "every": SAMPLES,
                "boxes": found.tolist(),
                "scores": scores.tolist(),
                "features": embed(patch)[::SAMPLES].tolist(),
            },
            file,
        )
        file.write("\n")
