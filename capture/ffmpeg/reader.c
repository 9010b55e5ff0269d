#include "reader.h"

#include <string.h>

#include <libavutil/time.h>

// A container that yields this many broken pieces in a row and no packet is over.
#define MAX_BROKEN_READS 4096

static int stop(void *opaque) {
	st_reader *r = opaque;
	return __atomic_load_n(&r->interrupted, __ATOMIC_RELAXED) || (r->deadline && av_gettime_relative() > r->deadline);
}

static void arm(st_reader *r, int64_t timeout) { r->deadline = timeout ? av_gettime_relative() + timeout : 0; }

// late tells a call that ran out of time from one that was ended or failed.
static int late(st_reader *r, int ret) {
	if (ret < 0 && ret != AVERROR_EOF && !__atomic_load_n(&r->interrupted, __ATOMIC_RELAXED) && r->deadline &&
		av_gettime_relative() > r->deadline)
		return AVERROR(ETIMEDOUT);
	return ret;
}

static int open_codec(st_reader *r, const st_options *o) {
	const AVCodec *decoder = NULL;
	int n = av_find_best_stream(r->format, AVMEDIA_TYPE_VIDEO, -1, -1, (void *)&decoder, 0);
	if (n == AVERROR_STREAM_NOT_FOUND) return ST_NO_VIDEO;
	if (n < 0) return n;
	r->stream = r->format->streams[n];
	for (unsigned i = 0; i < r->format->nb_streams; i++)
		if ((int)i != n) r->format->streams[i]->discard = AVDISCARD_ALL;
	AVCodecParameters *par = r->stream->codecpar;
	if (o->max_pixels && (int64_t)par->width * par->height > o->max_pixels) return ST_TOO_LARGE;
	if (!(r->codec = avcodec_alloc_context3(decoder))) return AVERROR(ENOMEM);
	int ret = avcodec_parameters_to_context(r->codec, par);
	if (ret < 0) return ret;
	r->codec->pkt_timebase = r->stream->time_base;
	if (o->max_pixels) r->codec->max_pixels = o->max_pixels;
	r->codec->thread_count = 0;
	if (o->low_delay) r->codec->thread_type = FF_THREAD_SLICE;
	return avcodec_open2(r->codec, decoder, NULL);
}

static void describe(st_reader *r, st_info *info) {
	AVCodecParameters *par = r->stream->codecpar;
	memset(info, 0, sizeof *info);
	info->width = par->width;
	info->height = par->height;
	AVRational fps = av_guess_frame_rate(r->format, r->stream, NULL);
	info->fps = fps.den ? av_q2d(fps) : 0;
	AVRational mean = r->stream->avg_frame_rate;
	if (mean.num && mean.den && (info->fps <= 0 || info->fps > 1000)) info->fps = av_q2d(mean);
	info->frames = r->stream->nb_frames;
	double rate = mean.num && mean.den ? av_q2d(mean) : info->fps;
	if (info->frames <= 0 && r->format->duration > 0 && rate > 0 && rate <= 1000)
		info->frames = (int64_t)(r->format->duration / 1e6 * rate + 0.5);
	if (info->frames < 0) info->frames = 0;
	AVRational sar = av_guess_sample_aspect_ratio(r->format, r->stream, NULL);
	info->sar_num = sar.num;
	info->sar_den = sar.den;
	for (int i = 0; i < 4; i++) info->codec[i] = par->codec_tag >> (8 * i) & 0xff;
	for (int i = 0; i < 4; i++)
		if (info->codec[i] <= ' ' || info->codec[i] > '~') info->codec[i == 3 ? 3 : 0] = 0;
	if (!info->codec[0]) strncpy(info->codec, avcodec_get_name(par->codec_id), sizeof info->codec - 1);
	strncpy(info->format, r->format->iformat->name, sizeof info->format - 1);
	st_frame turned;
	st_orient(r, &turned);
	info->swap = turned.swap;
	info->sound = av_find_best_stream(r->format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0) >= 0;
}

// probe finds the streams; what it decodes for that has the same bound on pictures as what is decoded later.
static int probe(st_reader *r, const st_options *o) {
	unsigned n = r->format->nb_streams;
	AVDictionary **options = n ? av_calloc(n, sizeof *options) : NULL;
	for (unsigned i = 0; options && o->max_pixels && i < n; i++)
		av_dict_set_int(&options[i], "max_pixels", o->max_pixels, 0);
	int ret = avformat_find_stream_info(r->format, options);
	for (unsigned i = 0; options && i < n; i++) av_dict_free(&options[i]);
	av_free(options);
	return ret;
}

// open_pipe opens what can be read once, by itself, to tell one through which nothing comes.
static int open_pipe(st_reader *r, const char *url, const void *format, AVDictionary **options) {
	int ret = avio_open2(&r->pipe, url, AVIO_FLAG_READ, &r->format->interrupt_callback, options);
	if (ret < 0) return ret;
	r->format->pb = r->pipe;
	ret = avformat_open_input(&r->format, url, (void *)format, options);
	// What was read to find out the container is in the buffer again.
	return ret == AVERROR_INVALIDDATA && r->pipe->buf_end == r->pipe->buffer ? ST_EMPTY : ret;
}

static int open_format(st_reader *r, const char *url, const st_options *o) {
	if (!(r->format = avformat_alloc_context())) return AVERROR(ENOMEM);
	r->format->interrupt_callback = (AVIOInterruptCB){stop, r};
	AVDictionary *options = NULL;
	if (o->options) av_dict_parse_string(&options, o->options, ";", "|", 0);
	const void *format = o->format ? (const void *)av_find_input_format(o->format) : NULL;
	int ret = o->format && !format ? AVERROR_DEMUXER_NOT_FOUND
		: o->pipe ? open_pipe(r, url, format, &options)
		: avformat_open_input(&r->format, url, (void *)format, &options);
	av_dict_free(&options);
	return ret < 0 ? ret : probe(r, o);
}

static int open_parser(st_reader *r);

int st_reader_open(st_reader **out, const char *url, const st_options *o, st_info *info) {
	avformat_network_init();
	st_reader *r = *out = av_mallocz(sizeof *r);
	if (!r) return AVERROR(ENOMEM);
	r->strict = o->strict;
	r->timeout = o->read_timeout;
	r->packet = av_packet_alloc();
	r->frame = av_frame_alloc();
	arm(r, o->open_timeout);
	int ret = r->packet && r->frame ? open_format(r, url, o) : AVERROR(ENOMEM);
	if (ret >= 0) ret = open_codec(r, o);
	if (ret >= 0) ret = open_parser(r);
	if (ret >= 0) describe(r, info);
	ret = late(r, ret);
	if (ret < 0) {
		st_reader_close(r);
		*out = NULL;
	}
	return ret < 0 ? ret : 0;
}

// await notes the time of a packet that goes into the decoder.
static void await(st_reader *r, int64_t pts) {
	if (pts == AV_NOPTS_VALUE) return;
	if (r->waits == MAX_WAITING) memmove(r->waiting, r->waiting + 1, --r->waits * sizeof *r->waiting);
	int i = r->waits++;
	for (; i > 0 && r->waiting[i - 1] > pts; i--) r->waiting[i] = r->waiting[i - 1];
	r->waiting[i] = pts;
}

// arrive counts as lost the packets with earlier times than a frame's, for they have none: so many as the decoder
// failed at, since a packet may be meant to give no frame. Errors come when packets are decoded, frames when they are
// shown.
static void arrive(st_reader *r, int64_t pts) {
	if (pts == AV_NOPTS_VALUE) {
		r->lost = r->failed;
		return;
	}
	int n = 0;
	for (; n < r->waits && r->waiting[n] < pts; n++) r->lost += r->lost < r->failed;
	if (n < r->waits && r->waiting[n] == pts) n++;
	r->waits -= n;
	memmove(r->waiting, r->waiting + n, r->waits * sizeof *r->waiting);
}

// open_parser sets up the parser of the stream's codec, if it has one.
static int open_parser(st_reader *r) {
	r->held = av_packet_alloc();
	r->parsed = avcodec_alloc_context3(NULL);
	if (!r->held || !r->parsed) return AVERROR(ENOMEM);
	int ret = avcodec_parameters_to_context(r->parsed, r->stream->codecpar);
	if (ret >= 0 && (r->parser = av_parser_init(r->stream->codecpar->codec_id)))
		r->parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
	return ret;
}

// resized reports whether a packet begins pictures of another size than before.
static int resized(st_reader *r, AVPacket *p) {
	if (!r->parser || p->size <= 0) return 0;
	uint8_t *data;
	int size;
	av_parser_parse2(r->parser, r->parsed, &data, &size, p->data, p->size, p->pts, p->dts, p->pos);
	int width = r->parser->width, height = r->parser->height;
	if (width <= 0 || height <= 0) return 0;
	int changed = r->parser_width > 0 && (width != r->parser_width || height != r->parser_height);
	r->parser_width = width;
	r->parser_height = height;
	return changed;
}

// feed gives the decoder the next packet, or tells it that there are no more.
static int feed(st_reader *r) {
	for (int broken = 0;;) {
		int ret = av_read_frame(r->format, r->packet);
		if (ret == AVERROR(EAGAIN)) {
			av_usleep(1000);
			if (stop(r)) return AVERROR_EXIT;
			continue;
		}
		if (ret == AVERROR_INVALIDDATA && ++broken < MAX_BROKEN_READS) continue;
		if (ret < 0) {
			if (stop(r)) return ret;
			r->end = ret == AVERROR_EOF ? 0 : ret;
			if (!r->end && r->format->pb && r->format->pb->error < 0) r->end = r->format->pb->error;
			if (r->end == AVERROR_EOF) r->end = 0;
			if (r->end == AVERROR_EXIT) r->end = AVERROR(ETIMEDOUT); // in the call before, which still had a frame
			return avcodec_send_packet(r->codec, NULL);
		}
		if (r->packet->stream_index == r->stream->index) {
			await(r, r->packet->pts);
			if (resized(r, r->packet)) { // decoders drop what they hold back when the size changes
				av_packet_move_ref(r->held, r->packet);
				r->switching = 1;
				return avcodec_send_packet(r->codec, NULL);
			}
			ret = avcodec_send_packet(r->codec, r->packet);
			av_packet_unref(r->packet);
			return ret;
		}
		av_packet_unref(r->packet);
	}
}

static int got_frame(st_reader *r, st_frame *f) {
	AVFrame *p = r->frame;
	if (p->decode_error_flags || (p->flags & AV_FRAME_FLAG_CORRUPT)) {
		r->damaged++;
		if (r->strict) return AVERROR_INVALIDDATA;
	}
	f->width = p->width;
	f->height = p->height;
	f->time = p->best_effort_timestamp == AV_NOPTS_VALUE ? ST_NO_TIME
		: av_rescale_q(p->best_effort_timestamp, r->stream->time_base, AV_TIME_BASE_Q);
	AVRational sar = av_guess_sample_aspect_ratio(r->format, r->stream, p);
	f->sar_num = sar.num;
	f->sar_den = sar.den;
	arrive(r, p->pts);
	f->lost = r->lost;
	f->damaged = r->damaged;
	st_orient(r, f);
	return 0;
}

int st_reader_next(st_reader *r, st_frame *f) {
	arm(r, r->timeout);
	for (;;) {
		int ret = avcodec_receive_frame(r->codec, r->frame);
		if (ret == 0) return got_frame(r, f);
		if (ret == AVERROR_EOF && r->switching) {
			r->switching = 0;
			avcodec_flush_buffers(r->codec);
			ret = avcodec_send_packet(r->codec, r->held);
			av_packet_unref(r->held);
			if (ret >= 0) continue;
		}
		if (ret == AVERROR_EOF) {
			f->lost = r->failed;
			f->damaged = r->damaged;
			return r->end ? r->end : AVERROR_EOF;
		}
		if (ret == AVERROR(EAGAIN)) {
			if (stop(r)) return late(r, AVERROR_EXIT);
			ret = feed(r);
			if (ret < 0 && stop(r)) return late(r, AVERROR_EXIT);
		}
		if (ret >= 0 || ret == AVERROR_EOF || ret == AVERROR(EAGAIN)) continue;
		if (ret == AVERROR(ENOMEM)) return ret;
		r->failed++; // at this packet, or in a thread at an earlier one
		if (r->strict) return ret;
	}
}

void st_reader_interrupt(st_reader *r) { __atomic_store_n(&r->interrupted, 1, __ATOMIC_RELAXED); }

void st_reader_close(st_reader *r) {
	if (!r) return;
	sws_freeContext(r->scale);
	av_freep(&r->wide);
	av_packet_free(&r->packet);
	av_frame_free(&r->frame);
	av_packet_free(&r->held);
	av_parser_close(r->parser);
	avcodec_free_context(&r->parsed);
	avcodec_free_context(&r->codec);
	avformat_close_input(&r->format);
	avio_closep(&r->pipe);
	av_free(r);
}
