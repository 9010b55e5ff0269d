"""python -m siamtrain evaluate: accuracy of a model on annotated sequences, by the OTB protocol."""

from siamtrain.errors import DataError

HELP = "score a model on annotated sequences"


def configure(parser):
    parser.add_argument("model", metavar="MODEL.onnx", help="any model with a manifest")
    parser.add_argument(
        "--data", action="append", required=True, metavar="PATH", help="annotated sequences; repeatable"
    )
    parser.add_argument("--out", metavar="DIR", help="write the boxes there, one file a sequence")
    parser.add_argument("--frames", type=int, help="only the first so many frames of each")


def run(args):
    from siamtrain.data.readers import otb
    from siamtrain.loop import sequences
    from siamtrain.loop.follow import open_tracker

    tracks = [t for path in args.data for t in otb.read(path, raw=True).tracks]
    if not tracks:
        raise DataError(f"{', '.join(args.data)}: no sequences in the OTB layout (NAME/img, groundtruth_rect.txt)")
    runs = sequences.run(open_tracker(args.model), tracks, args.frames)
    if args.out:
        sequences.write(args.out, tracks, runs)
    print(sequences.table(tracks, sequences.summary(runs)[1]))
