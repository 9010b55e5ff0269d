"""python -m siamtrain bundle: data as tars for trainmarked, to take to a machine with a GPU."""

HELP = "pack data, with masks of its targets, as tars that trainmarked reads"
LIMIT = 42  # MiB of a tar


def configure(parser):
    parser.add_argument(
        "--data", action="append", required=True, metavar="PATH", help="data in any layout that is read; repeatable"
    )
    parser.add_argument("--tracks", metavar="FILE.csv", help="tracks on the clips: clip,track,frame,x,y,w,h")
    parser.add_argument(
        "--teachers",
        metavar="DIR",
        help="folder with fear_track.onnx and nano3_*.onnx: what is needed goes to OUT/teachers",
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="the folder to write")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="MIB", help=f"of a tar ({LIMIT})")


def run(args):
    import os

    from siamtrain.marked import bundle, teachers

    if args.teachers:
        teachers.pack(args.teachers, os.path.join(args.out, "teachers"))
    bundle.write(args.data, args.out, int(args.limit * 2**20), args.tracks)
