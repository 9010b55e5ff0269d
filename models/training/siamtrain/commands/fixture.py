"""python -m siamtrain fixture: what Go must reproduce of a model, on synthetic pixels."""

HELP = "write frames and what PyTorch's twin of the Go pipeline makes of them, for the Go parity test"
SEED, FRAMES, SAMPLES = 300, 4, 97  # of the synthetic video; every 97th number of the exemplar's features is kept


def configure(parser):
    parser.add_argument("model", metavar="MODEL.onnx", help="a classic model")
    parser.add_argument("--out", required=True, metavar="DIR")


def run(args):
    import json
    import os

    import cv2
    import torch

    from siamtrain import crop, export, finetune, peakloop, synthetic
    from siamtrain.siamfc import Branch

    net = finetune.load_onnx(args.model)
    branch = Branch(net.eval())
    images, boxes = synthetic.video(SEED, FRAMES)
    os.makedirs(args.out, exist_ok=True)
    for i, image in enumerate(images):
        cv2.imwrite(os.path.join(args.out, f"{i}.png"), image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    about = export.manifest_of(args.model)
    loop = peakloop.open_tracker(args.model).loop
    torch_tracker = peakloop.PeakTracker(branch.numpy, about["correlation"]["scale"], about["correlation"]["bias"], loop)
    found, scores = peakloop.follow(torch_tracker, images, boxes[0])
    onnx_found, _ = peakloop.follow(peakloop.open_tracker(args.model), images, boxes[0])
    if abs(found - onnx_found).max() > 0.1:
        raise export.ParityError(f"{args.model}: boxes of PyTorch and ONNX Runtime differ by {abs(found - onnx_found).max():.3g} pixels")
    x, y, w, h = boxes[0]
    patch = crop.square(images[0], x + w / 2, y + h / 2, crop.context_side(w, h), about["exemplar"]["size"])
    cv2.imwrite(os.path.join(args.out, "crop.png"), patch)
    features = branch.numpy(crop.planar([patch])).ravel()
    with open(os.path.join(args.out, "expected.json"), "w", encoding="utf-8") as file:
        json.dump({"model": os.path.basename(args.model), "sha256": export.digest(args.model), "every": SAMPLES, "boxes": found.tolist(),
                   "scores": scores.tolist(),
                   "features": features[::SAMPLES].tolist()}, file)
        file.write("\n")
