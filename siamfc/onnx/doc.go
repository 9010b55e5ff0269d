// Package onnx runs the trained part of a tracker in ONNX Runtime. It is the only importer of onnxruntime_go; none of
// that package's types leave it.
//
// A model is one ONNX file that carries its manifest in its metadata, or a manifest (JSON) that names ONNX files
// beside it. What each layout expects of its graphs:
//
//   - siamtrack, kind box: one file; inputs image [1,3,S,S] and exemplar [1,C,h,w]; outputs features [1,C,h,w],
//     response [1,1,R,R] in [0,1] and sides [1,4,R,R] in crop pixels. The exemplar is embedded by the same graph.
//   - siamtrack, kind peak: input image [N,3,S,S]; output features [N,C,h,w]. The correlation is package siamfc's.
//   - siamtrack, kind embedding: input image [N,3,S,S]; output embedding [N,D].
//   - nanotrack: files exemplar, search and head; the head gives two logits and four distances a position.
//   - vittrack: file model; inputs template and search; outputs confidence, size and offset maps.
package onnx
