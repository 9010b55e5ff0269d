"""python -m siamtrain exportbox: a trained box network as ONNX, fp32 and int8, with its loop's parameters."""

HELP = "export a trained box network: loop parameters from training sequences, fp32 and int8 files"


def configure(parser):
    parser.add_argument("weights", metavar="FILE.pt", help="average.pt of a run, or checkpoints/box-g.pt")
    parser.add_argument("--store", required=True, metavar="STORE", help="its pairs give the ranges of activations")
    parser.add_argument(
        "--data",
        action="append",
        required=True,
        metavar="PATH",
        help="training sequences for loop and states; repeatable",
    )
    parser.add_argument(
        "--out", required=True, metavar="FILE.onnx", help="the int8 file; the fp32 one is FILE-fp32.onnx"
    )
    parser.add_argument("--frames", type=int, default=40, help="frames of each sequence that the search uses (40)")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of the search; 0 keeps --loop (1)")
    parser.add_argument(
        "--loop",
        default="0.4,0.1,0.4",
        metavar="INFLUENCE,K,RATE[,VOTE,CALIBRATION]",
        help="where the search begins, or with --rounds 0 what is taken (0.4,0.1,0.4)",
    )
    parser.add_argument(
        "--searcher",
        metavar="DIR",
        help="folder with nano3_*.onnx: the search runs NanoTrack v3, which has not seen the sequences, "
        "in place of the network, whose boxes are too exact on what it was trained on",
    )
    parser.add_argument(
        "--side", type=int, default=256, help="of the search crop in pixels, a multiple of 16, 128 to 256 (256)"
    )
    parser.add_argument(
        "--sweep",
        type=int,
        default=384,
        help="of the crops in which a whole frame is searched, a multiple of 32 more (384); 0: the same",
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="PARAMETER",
        choices=("window_influence", "penalty_k", "size_rate"),
        help="not searched; size_rate, where the sequences do not keep every frame; repeatable",
    )
    parser.add_argument(
        "--state",
        metavar="UNCERTAIN,LOST",
        help="thresholds of the states, in place of those that fit the training sequences",
    )
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")


def run(args):
    import logging
    import os
    import random

    from siamtrain.box import files, pairs, student
    from siamtrain.data import store
    from siamtrain.data.readers import open_all
    from siamtrain.file import export
    from siamtrain.fit import calibrate
    from siamtrain.loop import search
    from siamtrain.loop.box import Loop, OnnxModel

    _check_sizes(args)
    net, seen = student.load_network(args.weights)
    logging.info("%s: %s", args.weights, seen)
    sampler = pairs.Sampler(store.Store(args.store), {"still": 0.4, "video": 0.6}, random.Random(args.seed))
    sample = [sampler.pair() for _ in range(files.CALIBRATION_PAIRS)]
    influence, k, rate, *corrections = map(float, args.loop.split(","))
    loop, state = Loop(influence, k, rate, "centred", *corrections), {"uncertain": 0.5, "lost": 0.3, "patience": 3}
    about = files.manifest(loop, state, side=args.side, sweep=args.sweep)
    full = "-fp32".join(os.path.splitext(args.out))
    files.write(net, about, full)
    files.write_int8(full, sample, about, args.out)
    logging.info("int8 against fp32: response %.4f, sides %.3f pixels", *files.differences(full, args.out, sample))
    clips = search.load([t for t in open_all(args.data).tracks if len(t.files) > 1], args.frames)
    model = OnnxModel(args.out)
    loop = _chosen_loop(args, model, loop, clips)
    if args.state:
        state.update(zip(("uncertain", "lost"), map(float, args.state.split(","))))
    else:
        state = calibrate.thresholds(search.runs(model, loop, clips))
    logging.info("%s, %s", loop, state)
    for path in (full, args.out):
        export.set_manifest(path, files.manifest(loop, state, side=args.side, sweep=args.sweep))
        logging.info("%s: sha256 %s", path, export.digest(path))


def _check_sizes(args):
    """DataError names a side of the search crop that the network cannot take."""
    from siamtrain.errors import DataError
    from siamtrain.loop.box import EXEMPLAR, SEARCH, STRIDE

    if args.side % STRIDE or not EXEMPLAR <= args.side <= SEARCH:
        raise DataError(f"--side {args.side}: a multiple of {STRIDE}, {EXEMPLAR} to {SEARCH}, is expected")
    if args.sweep and (args.sweep <= args.side or (args.sweep - args.side) % (2 * STRIDE)):
        raise DataError(f"--sweep {args.sweep}: 0, or {args.side} and a multiple of {2 * STRIDE} more, is expected")


def _chosen_loop(args, model, loop, clips):
    """The loop that a search from `loop` over training clips gives, with its calibration and vote."""
    import dataclasses
    import logging

    from siamtrain.box import teachers
    from siamtrain.loop import search

    searcher = teachers.Nano(args.searcher) if args.searcher else model
    grid = {k: v for k, v in search.GRID.items() if k not in args.keep}
    loop, found = search.search(searcher, loop, clips, args.rounds, grid)
    logging.info("%s: AUC %.4f on %d training sequences, before calibration and votes", loop, found, len(clips))
    if not args.rounds:
        return loop
    share, error = search.lasting(searcher, loop, clips)
    logging.info("of the first frame's error %.2f +- %.2f lasts", share, error)
    calibrated = dataclasses.replace(loop, calibration=round(min(max(share, 0.0), 1.0), 1))
    return search.pick(model, calibrated, clips, "vote", search.VOTE)
