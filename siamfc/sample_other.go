//go:build !amd64

package siamfc

// fast tells that there is no sampleRow for this processor.
const fast = false

func sampleRow(*samples, int) {}
