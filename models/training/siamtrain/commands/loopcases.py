"""python -m siamtrain loopcases: what the box loop makes of a network's maps, for the tests of both loops."""

HELP = "write the cases that the box loops of Python and Go share, over a clip"


def configure(parser):
    parser.add_argument("model", metavar="MODEL.onnx", help="a box model: ../siamtrack-fp32.onnx")
    parser.add_argument("--video", required=True, metavar="FILE", help="../../samples/walk.mp4")
    parser.add_argument("--init", required=True, metavar="X,Y,W,H", help="the target in its first frame")
    parser.add_argument("--out", required=True, metavar="FILE.json", help="../../siamfc/testdata/loop-cases.json")


def run(args):
    from siamtrain.checks import loopcases

    box = [float(v) for v in args.init.split(",")]
    loopcases.write(loopcases.make(args.model, args.video, box), args.out)
