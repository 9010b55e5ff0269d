"""python -m siamtrain evalmatch: how well models recognise identities from a few examples, and changed queries."""

HELP = "N-way K-shot accuracy and robustness of models on identities that they were not trained on"


def configure(parser):
    parser.add_argument("models", nargs="+", metavar="MODEL.onnx", help="models to compare")
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
    parser.add_argument(
        "--cut",
        action="store_true",
        help="cut objects out, as pictures without surroundings (folders of identities are)",
    )
    parser.add_argument(
        "--ways", type=int, action="append", metavar="N", help="identities an episode; repeatable (5 and all)"
    )
    parser.add_argument(
        "--shots", type=int, action="append", metavar="K", help="examples an identity; repeatable (1 and 5)"
    )
    parser.add_argument("--views", type=int, default=13, help="pictures of each identity, evenly over it (13)")
    parser.add_argument("--episodes", type=int, default=400, help="draws of identities and examples (400)")
    parser.add_argument("--robustness", metavar="FILE.png", help="measure robustness instead, and draw it there")
    parser.add_argument("--queries", type=int, default=4, help="queries an identity for --robustness (4)")


def run(args):
    from siamtrain.checks import plots
    from siamtrain.data.images import ImageCache
    from siamtrain.data.readers import open_all
    from siamtrain.errors import DataError
    from siamtrain.matching import fewshot, robustness, train

    cache = ImageCache(2 << 30)
    tracks = [t for t in open_all(args.data).tracks if t.boxes is not None and len(t.visible()) > 1]
    whole = [t for folder in args.identities for t in train.identities_of(folder, cache, context=0) if len(t.files) > 1]
    if len(tracks + whole) < 2:
        raise DataError(f"{len(tracks + whole)} identities with two or more pictures found; at least 2 are needed")
    if args.robustness and tracks and whole:
        raise DataError("--robustness takes either --data or --identities: their crops differ")
    measured = {}
    for path in args.models:
        e = fewshot.Embedder(path)
        if args.robustness:
            measured[e.name] = robustness.measure(
                e, tracks + whole, cache.load, e.size, 0 if whole else e.context, args.queries
            )
            for kind, points in measured[e.name].items():
                print(f"{e.name}: {kind}: " + ", ".join(f"{value:g} {share:.2f}" for value, share in points))
            continue
        rows = fewshot.embed(e, tracks, cache.load, args.views, args.cut) + fewshot.embed(
            e, whole, cache.load, args.views, True
        )
        for ways in args.ways or sorted({min(5, len(rows)), len(rows)}):
            for shots in args.shots or (1, 5):
                share, half = fewshot.accuracy(rows, ways, shots, args.episodes)
                print(f"{e.name}: {ways}-way {shots}-shot of {len(rows)} identities: {share:.3f} +- {half:.3f}")
    if args.robustness:
        plots.robustness(measured, args.robustness)
