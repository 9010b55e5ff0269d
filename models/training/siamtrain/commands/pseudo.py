"""python -m siamtrain pseudo: adds tracks to a store's unlabelled clips."""

HELP = "make tracks on a store's unlabelled clips with NanoTrack v3, forward and back"


def configure(parser):
    parser.add_argument("--store", required=True, metavar="STORE", help="what `pack` wrote")
    parser.add_argument("--teachers", required=True, metavar="DIR", help="folder with nano3_*.onnx")
    parser.add_argument(
        "--rounds", type=int, default=3, help="times each clip is tried (3); a round of 147 clips takes 4 to 8 minutes"
    )
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at random (0)")


def run(args):
    import os

    from siamtrain.box import pseudo, teachers
    from siamtrain.data.store import PSEUDO, Store

    pseudo.make(
        Store(args.store), teachers.Nano(args.teachers), os.path.join(args.store, PSEUDO), args.seed, args.rounds
    )
