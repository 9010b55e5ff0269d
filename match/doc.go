// Package match answers whether two pictures show the same thing: one branch with one set of weights embeds both (twin
// networks: Bromley et al., "Signature Verification using a Siamese Time Delay Neural Network", 1993), a distance
// compares the embeddings, and a threshold that was calibrated for this model and this distance gives the verdict.
//
// Package match/gallery finds the nearest of many pictures, package match/calibrate picks thresholds from labelled
// pairs.
package match
