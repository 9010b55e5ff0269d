// The state of a reader, for reader.c, picture.c and held.c.
#ifndef SIAMTRACK_READER_H
#define SIAMTRACK_READER_H

#include "common.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

#define ST_SCALES 5 // what a conversion is for: width, height, format, matrix, range
#define MAX_WAITING 256 // more than any decoder holds back

struct st_reader {
	AVFormatContext *format;
	AVIOContext *pipe; // what format reads of, where that is a pipe
	AVCodecContext *codec;
	AVStream *stream;
	AVPacket *packet;
	AVFrame *frame;
	struct SwsContext *scale;
	int scales[ST_SCALES];
	uint8_t *wide; // an aligned picture, for sizes that SIMD code would write past
	int wide_size;
	int64_t deadline, timeout;
	int interrupted, strict;
	int end;           // the error that ended the packets, 0 for a plain end
	int64_t failed, lost, damaged; // failed: errors of the decoder; lost: those before the frame given last
	int64_t waiting[MAX_WAITING]; // the times of packets whose frames have not come, in order
	int waits;
	AVCodecParserContext *parser; // sees a new size before the decoder does, NULL for codecs that have none
	AVCodecContext *parsed;
	int parser_width, parser_height;
	AVPacket *held; // the first packet of a new size, until the decoder has given what is before it
	int switching;
};

// st_convert sets up the conversion to RGBA of pictures as p is, but of a width, anew where size, format or colours are
// others than before: what OpenCV 4.6 does not do (opencv#29699).
int st_convert(struct SwsContext **scale, int *scales, const AVFrame *p, int width);

// st_orient tells how the current picture is to be turned: by the frame's own display matrix, or the stream's.
void st_orient(st_reader *r, st_frame *f);

#endif
