// Package clock measures how long the parts of a frame's work take: reading it, and the stages of the tracker's update.
// Times are summed up in histograms of fixed size, or handed out frame by frame.
package clock
