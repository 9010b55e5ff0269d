// Package tracker is the vocabulary that every other package shares: boxes, frames, sources of frames, trackers and
// their results. It depends on the standard library only.
//
// Coordinates are continuous and 0-based: the pixel in column i and row j covers [i, i+1) x [j, j+1), its centre lies
// at (i+0.5, j+0.5). A file format that counts from 1, or that names pixel centres, is converted by its reader and
// its writer, nowhere else.
//
// One exception: bench's datasets and results hand boxes on as their files give them. OTB and its like count from 1,
// but every toolkit starts trackers from the numbers as they stand, and published scores come from that. The offset is
// the same in truth and track, so it cancels in every measure.
package tracker
