// Package ffmpeg reads and writes videos with FFmpeg's libraries (libavformat, libavcodec, libswscale), of which it is
// the only user: frame by frame, with each frame's own size, format, time and orientation, and with FFmpeg's reasons
// where something fails. What a spec means, and what frames and errors are called elsewhere, is package capture's.
package ffmpeg
