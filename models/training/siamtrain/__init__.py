"""Training half of Siamtrack: data readers, losses, networks, trainers and the export to ONNX.

Boxes are (x, y, w, h) with a continuous 0-based corner, in pixels, unless a name says `corners` (x1, y1, x2, y2).
Images are BGR uint8 arrays of shape (H, W, 3) until a network's input, which is RGB float 0..255 in (N, 3, H, W).
"""
