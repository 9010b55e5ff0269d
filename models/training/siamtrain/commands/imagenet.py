"""python -m siamtrain imagenet: exports the untrained first model."""

HELP = "export EfficientNet-Lite0's ImageNet features as a tracking model"


def configure(parser):
    parser.add_argument(
        "--data",
        action="append",
        required=True,
        metavar="PATH",
        help="training data, for scale, bias and thresholds; repeatable",
    )
    parser.add_argument("--out", required=True, metavar="FILE.onnx", help="the file to write")
    parser.add_argument("--pairs", type=int, default=320, help="pairs to fit scale and bias on (320)")


def run(args):
    import logging

    from siamtrain.classic import files, imagenet
    from siamtrain.classic.pairs import PairMaker
    from siamtrain.data.images import ImageCache
    from siamtrain.data.readers import open_all
    from siamtrain.fit import calibrate
    from siamtrain.loop import sequences
    from siamtrain.loop.peak import Loop, open_tracker

    tracks = open_all(args.data).tracks
    features = imagenet.ImageNetFeatures().eval()
    maker = PairMaker(tracks, ImageCache())
    scale, bias = imagenet.fit(features, [maker.batch(k, 16) for k in range(args.pairs // 16)])
    loop = Loop()
    about = "EfficientNet-Lite0 to stride 8, ImageNet weights, not trained to track"

    def write(state):
        return files.write(features, files.manifest("efficientnet-lite0", about, scale, bias, loop, state), args.out)

    write({"uncertain": 0.5, "lost": 0.5})
    videos = [t for t in tracks if len(t.files) > 1]
    runs = sequences.run(open_tracker(args.out), videos)
    state = calibrate.thresholds(runs)
    logging.info("scale %.4g, bias %.4g, %s, training AUC %.3f", scale, bias, state, sequences.summary(runs)[0][0])
    logging.info("%s: sha256 %s", args.out, write(state))
