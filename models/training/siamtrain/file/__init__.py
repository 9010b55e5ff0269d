"""ONNX files that describe themselves."""
