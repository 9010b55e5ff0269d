"""python -m siamtrain timing: networks side by side on this CPU."""

HELP = "CPU time of one search pass of box networks beside NanoTrack's, in one run, on one thread"


def configure(parser):
    parser.add_argument("models", nargs="+", metavar="MODEL.onnx", help="box networks in this project's layout")
    parser.add_argument("--peers", required=True, metavar="DIR", help="folder with nano2_*.onnx and nano3_*.onnx")
    parser.add_argument("--runs", type=int, default=200, help="turns of each (200)")


def run(args):
    from siamtrain.checks import timing

    passes = {
        "NanoTrack v2": timing.nanotrack(args.peers, 2),
        "NanoTrack v3": timing.nanotrack(args.peers, 3),
    }
    for path in args.models:
        passes.update(timing.own(path))
    found = timing.turns(passes, args.runs)
    for name, seconds in found.items():
        print(f"{name}: {seconds * 1e3:.2f} ms, {seconds / found['NanoTrack v2']:.2f} of NanoTrack v2's")
