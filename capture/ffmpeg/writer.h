// The state of a writer, for writer.c and encoded.c.
#ifndef SIAMTRACK_WRITER_H
#define SIAMTRACK_WRITER_H

#include "common.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>

struct st_writer {
	AVFormatContext *format;
	AVCodecContext *codec;
	AVStream *stream;
	AVPacket *packet;
	struct SwsContext *scale;
	int64_t last; // pts of the last frame
	int begun;
	int waits; // for a frame: the begin of the file is in memory

	AVFormatContext *sound;
	AVStream *sound_in, *sound_out;
	AVPacket *sound_packet; // one that is not due yet, empty where there is none
	int sound_waits, sound_over;
	int64_t sound_from; // the time of the video's first frame, in sound's clock
};

struct st_picture {
	AVFrame *frame;
};

#endif
