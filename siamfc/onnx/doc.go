// Package onnx runs the trained part of a tracker in ONNX Runtime. It is the only importer of onnxruntime_go; none of
// that package's types leave it.
//
// A model is one ONNX file that carries its manifest in its metadata, or a manifest (JSON) that names ONNX files
// beside it. What each layout expects of its graphs:
//
//   - siamtrack, kind box, two graphs. The exemplar graph has the inputs image [1,3,Z,Z] and, where it wants it, mark
//     [1,4]: the target's x0, y0, x1, y1 in the exemplar crop's pixels. It is run once a target and gives any tensors.
//     The search graph has the input image [1,3,S,S] and takes those tensors by their names; its outputs are response
//     [1,1,R,R] in [0,1] and sides [1,4,R,R] in crop pixels, and, where the model is to match pictures as well,
//     features [1,C,h,w], which depend on the image alone. The file is the search graph; the exemplar graph is in its
//     metadata under "siamtrack.exemplar" (base64), or is the file that its manifest names under "files", "exemplar".
//   - siamtrack, kind box, one graph: inputs image [1,3,S,S], exemplar [1,C,h,w] and, where it wants it, mark; outputs
//     features [1,C,h,w], response and sides. Run on the exemplar crop it gives the features that are the search's
//     exemplar.
//   - siamtrack, kind peak: input image [N,3,S,S]; output features [N,C,h,w]. The correlation is package siamfc's.
//   - siamtrack, kind embedding: input image [N,3,S,S]; output embedding [N,D].
//   - nanotrack: files exemplar, search and head; the head gives two logits and four distances a position.
//   - vittrack: file model; inputs template and search; outputs confidence, size and offset maps.
package onnx
