// Package siamfc is the algorithm of a Siamese tracker, in pure Go: cropping the exemplar and the search region,
// cross-correlating their embeddings, and locating the target in the response map. The trained part stays behind the
// interface Network.
//
// The geometry is that of Bertinetto et al., "Fully-Convolutional Siamese Networks for Object Tracking" (2016): a
// square about the target with half its mean side as context is the exemplar; a larger square about the same centre
// is the search region; both are brought to fixed sizes at the same scale. Two kinds of network run in one loop:
//
//   - peak: one response map a scale, three scales, the box keeps its aspect (SiamFC, 2016);
//   - box: one scale, and at each position of the map the distances to the box's four sides (as in SiamFC++, 2020).
//
// Coordinates are those of package tracker. "Crop pixels" are the pixels of the resized search region.
package siamfc
