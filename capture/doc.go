// Package capture brings pictures in and takes videos out: files, image folders, streams, cameras, standard input, and
// a writer. What it hands out is copied into *image.RGBA, so that no native memory is ever seen outside. It is the only
// importer of gocv, which opens cameras and still pictures; capture/ffmpeg below it is the only one of FFmpeg's
// libraries, which read and write videos.
//
// Videos do not go through OpenCV, because of what its FFmpeg reader of version 4.6 does to them:
//
//   - it turns videos of +-90 degrees the wrong way (opencv#22088): here the file's display matrix is applied;
//   - it keeps a converter when a stream changes its size or pixel format, and gives old pixels or crashes
//     (opencv#29699, also in later versions): here each frame is converted as what it is;
//   - it says the same at the end, at a broken packet and at a lost connection (opencv#15352, #17257): here a packet
//     that cannot be decoded is skipped and counted, and the other two are told apart;
//   - its frame count is a guess (opencv#12091): here it is a hint, and the decoder says where the end is;
//   - it guesses the times of the last frames of uneven video, and writes a constant rate (opencv#12112);
//   - its writer leaves an MP4 without an index when the program is killed, drops the pixels' aspect and the sound.
//
// Of still pictures OpenCV makes half-grey ones where a JPEG is cut short, keeps the high byte of 16 bits and one page
// of many: headers are read here first.
package capture
