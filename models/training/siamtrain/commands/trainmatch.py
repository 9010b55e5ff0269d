"""python -m siamtrain trainmatch: an embedding for matching, from tracks or from a folder of identities."""

HELP = "train or fine-tune the embedding for matching"


def configure(parser):
    parser.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="PATH",
        help="annotated data, each object an identity; repeatable",
    )
    parser.add_argument(
        "--identities",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder of folders, one an identity; repeatable",
    )
    parser.add_argument("--run", default="runs/siammatch", metavar="DIR", help="curve and weights (runs/siammatch)")
    parser.add_argument(
        "--init", metavar="FILE", help="weights to fine-tune: models/siammatch.onnx, or best.pt of an earlier run"
    )
    parser.add_argument("--out", default="siammatch.onnx", metavar="FILE.onnx", help="the model (siammatch.onnx)")
    parser.add_argument("--name", help="the model's name in its manifest (the file's)")
    parser.add_argument("--no-flip", action="store_true", help="do not mirror views: for writing")
    parser.add_argument("--rate", type=float, default=3e-4, help="learning rate (3e-4)")
    parser.add_argument("--steps", type=int, default=200, help="steps of the optimiser (200)")
    for name, weight in (("triplet", 1.0), ("contrastive", 0.0), ("cross-entropy", 0.0)):
        about = "of pairs' similarities through a sigmoid" if name == "cross-entropy" else f"of the {name} loss"
        parser.add_argument(f"--{name}", type=float, default=weight, metavar="W", help=f"weight {about} ({weight:g})")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")


def run(args):
    import logging
    import os

    import torch

    from siamtrain.backbone import lite0
    from siamtrain.data.images import ImageCache
    from siamtrain.data.readers import open_all
    from siamtrain.matching import files, train
    from siamtrain.matching.network import Embedding

    cache = ImageCache(2 << 30)
    tracks = [t for t in open_all(args.data).tracks if t.boxes is not None and len(t.visible())]
    for folder in args.identities:
        tracks += train.identities_of(folder, cache)
    training, held = train.hold_back(tracks)
    net = Embedding()
    if args.init:
        train.load(net, args.init)
    else:
        lite0.load_imagenet(net.backbone)
    settings = train.Settings(
        steps=args.steps,
        rate=args.rate,
        triplet=args.triplet,
        contrastive=args.contrastive,
        cross_entropy=args.cross_entropy,
        flip=not args.no_flip,
        seed=args.seed,
    )
    batches = [train.Views(held, cache, settings, 10**6).batch(k) for k in range(6)]
    train.run(net, train.Views(training, cache, settings, args.seed), batches, settings, args.run)
    torch.save(net.state_dict(), os.path.join(args.run, "best.pt"))
    name = args.name or os.path.splitext(os.path.basename(args.out))[0]
    logging.info(
        "%s: sha256 %s", args.out, files.write(net, name, "EfficientNet-Lite0 with batch-hard triplets", args.out)
    )
