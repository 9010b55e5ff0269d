// Package fulldisk plays a full disk to tests.
package fulldisk
