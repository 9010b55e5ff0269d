#include "writer.h"

#include <math.h>
#include <string.h>

#include <libavutil/mathematics.h>
#include <libavutil/opt.h>

static enum AVPixelFormat pixels_of(const char *encoder) {
	if (!strcmp(encoder, "ffv1")) return AV_PIX_FMT_BGR0; // lossless
	if (!strcmp(encoder, "h264_qsv")) return AV_PIX_FMT_NV12;
	return strcmp(encoder, "mjpeg") ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUVJ420P;
}

static int open_encoder(st_writer *w, const st_writer_options *o) {
	const AVCodec *encoder = avcodec_find_encoder_by_name(o->encoder);
	if (!encoder) return ST_NO_ENCODER;
	AVCodecContext *c = w->codec = avcodec_alloc_context3(encoder);
	if (!c) return AVERROR(ENOMEM);
	c->pix_fmt = pixels_of(o->encoder);
	int even = c->pix_fmt == AV_PIX_FMT_BGR0 ? 0 : 1; // chroma has half the size
	c->width = o->width & ~even;
	c->height = o->height & ~even;
	if (c->width <= 0 || c->height <= 0) return AVERROR(EINVAL);
	c->framerate = (AVRational){o->fps_num, o->fps_den};
	// MPEG-4 allows no finer clock than 1/65535 s, and AVI counts frames.
	c->time_base = !strcmp(o->format, "avi") ? av_inv_q(c->framerate)
		: !strcmp(o->encoder, "mpeg4") ? (AVRational){1, 60000} : (AVRational){1, 90000};
	c->gop_size = (int)fmax(1, fmin(250, ceil(av_q2d(c->framerate)))); // a second
	c->max_b_frames = 0;
	c->sample_aspect_ratio = (AVRational){o->sar_num, o->sar_den > 0 ? o->sar_den : 1};
	c->colorspace = c->pix_fmt == AV_PIX_FMT_BGR0 ? AVCOL_SPC_RGB : AVCOL_SPC_SMPTE170M; // swscale's default, BT.601
	c->color_range = even && c->pix_fmt != AV_PIX_FMT_YUVJ420P ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG;
	c->thread_count = 0;
	if (w->format->oformat->flags & AVFMT_GLOBALHEADER) c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	if (o->tag) c->codec_tag = MKTAG(o->tag[0], o->tag[1], o->tag[2], o->tag[3]);
	AVDictionary *options = NULL;
	if (o->settings) av_dict_parse_string(&options, o->settings, "=", ":", 0);
	int ret = avcodec_open2(c, encoder, &options); // leaves the settings that it does not know
	av_dict_free(&options);
	return ret;
}

static int open_scale(st_writer *w) {
	AVCodecContext *c = w->codec;
	if (!(w->packet = av_packet_alloc())) return AVERROR(ENOMEM);
	// Of an odd size the last column or row is left out: nothing is scaled.
	w->scale = sws_getContext(c->width, c->height, AV_PIX_FMT_RGB0, c->width, c->height, c->pix_fmt, SWS_BICUBIC, NULL,
		NULL, NULL);
	return w->scale ? 0 : AVERROR(EINVAL);
}

// open_sound finds the stream that is copied, and makes its twin in the video.
static int open_sound(st_writer *w, const st_writer_options *o) {
	int ret = avformat_open_input(&w->sound, o->sound, NULL, NULL);
	if (ret >= 0) ret = avformat_find_stream_info(w->sound, NULL);
	if (ret < 0) return ret;
	int n = av_find_best_stream(w->sound, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	if (n < 0) return ST_NO_SOUND;
	for (unsigned i = 0; i < w->sound->nb_streams; i++)
		if ((int)i != n) w->sound->streams[i]->discard = AVDISCARD_ALL;
	w->sound_in = w->sound->streams[n];
	if (avformat_query_codec(w->format->oformat, w->sound_in->codecpar->codec_id, FF_COMPLIANCE_NORMAL) != 1)
		return ST_MUXER_REFUSES;
	w->sound_out = avformat_new_stream(w->format, NULL);
	w->sound_packet = av_packet_alloc();
	if (!w->sound_out || !w->sound_packet) return AVERROR(ENOMEM);
	ret = avcodec_parameters_copy(w->sound_out->codecpar, w->sound_in->codecpar);
	w->sound_out->codecpar->codec_tag = 0;
	w->sound_out->time_base = w->sound_in->time_base;
	w->sound_from = o->sound_from;
	int v = av_find_best_stream(w->sound, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (v >= 0 && w->sound->streams[v]->start_time != AV_NOPTS_VALUE)
		w->sound_from += av_rescale_q(w->sound->streams[v]->start_time, w->sound->streams[v]->time_base, AV_TIME_BASE_Q);
	return ret;
}

// header writes the file's begin into memory: a file without a frame cannot be played, so there is none before the first.
// Fragments (MP4) and clusters (Matroska) of at most a fifth of a second of video, flushed as they come, are what a
// killed program leaves to be played. The limits are of the video's time: the same frames make the same bytes.
static int header(st_writer *w) {
	int ret = avio_open_dyn_buf(&w->format->pb);
	if (ret < 0) return ret;
	w->waits = 1;
	w->format->flags |= AVFMT_FLAG_FLUSH_PACKETS;
	AVDictionary *options = NULL;
	av_dict_set(&options, "movflags", "frag_keyframe+empty_moov+default_base_moof", 0);
	av_dict_set(&options, "frag_duration", "200000", 0);
	av_dict_set(&options, "cluster_time_limit", "200", 0);
	ret = avformat_write_header(w->format, &options);
	av_dict_free(&options);
	return ret;
}

// begin makes the file, once there is a frame for it.
static int begin(st_writer *w) {
	uint8_t *head = NULL;
	int size = avio_close_dyn_buf(w->format->pb, &head);
	w->format->pb = NULL;
	w->waits = 0;
	int ret = avio_open(&w->format->pb, w->format->url, AVIO_FLAG_WRITE);
	if (ret >= 0) avio_write(w->format->pb, head, size);
	av_free(head);
	return ret;
}

static void release(st_writer *w) {
	sws_freeContext(w->scale);
	av_packet_free(&w->packet);
	av_packet_free(&w->sound_packet);
	avcodec_free_context(&w->codec);
	avformat_close_input(&w->sound);
	if (w->waits) {
		uint8_t *head = NULL;
		avio_close_dyn_buf(w->format->pb, &head);
		av_free(head);
		w->format->pb = NULL;
	}
	if (w->format) avio_closep(&w->format->pb);
	avformat_free_context(w->format);
	av_free(w);
}

// st_encoder_works encodes a picture to the end, which an encoder of hardware that is not there cannot.
int st_encoder_works(const st_writer_options *o) {
	st_writer *w = av_mallocz(sizeof *w);
	st_picture *p = NULL;
	int ret = w ? avformat_alloc_output_context2(&w->format, NULL, o->format, NULL) : AVERROR(ENOMEM);
	if (ret >= 0) ret = open_encoder(w, o);
	if (ret >= 0) ret = open_scale(w);
	if (ret >= 0) ret = st_picture_new(&p, w);
	if (ret >= 0) ret = avcodec_send_frame(w->codec, p->frame);
	if (ret >= 0) ret = avcodec_send_frame(w->codec, NULL);
	if (ret >= 0) ret = avcodec_receive_packet(w->codec, w->packet);
	st_picture_free(p);
	if (w) release(w);
	return ret;
}

int st_writer_open(st_writer **out, const char *path, const st_writer_options *o) {
	st_writer *w = *out = av_mallocz(sizeof *w);
	if (!w) return AVERROR(ENOMEM);
	int ret = avformat_alloc_output_context2(&w->format, NULL, o->format, path);
	if (ret >= 0) ret = open_encoder(w, o);
	if (ret >= 0) ret = open_scale(w);
	if (ret >= 0 && !(w->stream = avformat_new_stream(w->format, NULL))) ret = AVERROR(ENOMEM);
	if (ret >= 0) {
		w->stream->time_base = w->codec->time_base;
		w->stream->avg_frame_rate = w->codec->framerate;
		w->stream->sample_aspect_ratio = w->codec->sample_aspect_ratio;
		ret = avcodec_parameters_from_context(w->stream->codecpar, w->codec);
	}
	if (ret >= 0 && o->sound) ret = open_sound(w, o);
	if (ret >= 0) ret = header(w);
	if (ret < 0) {
		release(w);
		*out = NULL;
	}
	return ret < 0 ? ret : 0;
}

// sound_until copies the sound up to a time of the video.
static int sound_until(st_writer *w, int64_t until) {
	while (w->sound && !w->sound_over && !w->waits) {
		AVPacket *p = w->sound_packet;
		if (!w->sound_waits) {
			int ret = av_read_frame(w->sound, p);
			if (ret < 0) { // its end, or what cannot be read of it
				w->sound_over = 1;
				return 0;
			}
			if (p->stream_index != w->sound_in->index) {
				av_packet_unref(p);
				continue;
			}
			w->sound_waits = 1;
		}
		int64_t at = p->pts != AV_NOPTS_VALUE ? p->pts : p->dts;
		int64_t time = av_rescale_q(at == AV_NOPTS_VALUE ? 0 : at, w->sound_in->time_base, AV_TIME_BASE_Q) - w->sound_from;
		if (time >= until) return 0;
		w->sound_waits = 0;
		if (time < 0 || at == AV_NOPTS_VALUE) {
			av_packet_unref(p);
			continue;
		}
		int64_t shift = av_rescale_q(w->sound_from, AV_TIME_BASE_Q, w->sound_in->time_base);
		if (p->pts != AV_NOPTS_VALUE) p->pts -= shift;
		if (p->dts != AV_NOPTS_VALUE) p->dts -= shift;
		av_packet_rescale_ts(p, w->sound_in->time_base, w->sound_out->time_base);
		p->stream_index = w->sound_out->index;
		p->pos = -1;
		int ret = av_interleaved_write_frame(w->format, p);
		if (ret < 0) return ret;
	}
	return 0;
}

// mux writes what the encoder has ready.
static int mux(st_writer *w) {
	for (;;) {
		int ret = avcodec_receive_packet(w->codec, w->packet);
		if (ret == AVERROR(EAGAIN) || ret == AVERROR_EOF) return 0;
		int first = w->waits;
		if (ret >= 0 && first) ret = begin(w);
		if (ret >= 0 && !w->format->pb) ret = AVERROR(EIO); // it could not be made
		if (ret < 0) return ret;
		w->packet->duration = av_rescale_q(1, av_inv_q(w->codec->framerate), w->codec->time_base);
		av_packet_rescale_ts(w->packet, w->codec->time_base, w->stream->time_base);
		w->packet->stream_index = w->stream->index;
		ret = w->sound ? av_interleaved_write_frame(w->format, w->packet) : av_write_frame(w->format, w->packet);
		av_packet_unref(w->packet);
		// The first frame does not wait for others: from now on there is something to be played.
		if (ret >= 0 && first) ret = av_write_frame(w->format, NULL);
		if (ret < 0) return ret;
		if (w->format->pb->error < 0) return w->format->pb->error;
	}
}

int st_writer_write(st_writer *w, st_picture *p, int64_t time) {
	AVCodecContext *c = w->codec;
	int64_t pts = av_rescale_q(time, AV_TIME_BASE_Q, c->time_base);
	if (w->begun && pts <= w->last) pts = w->last + 1;
	w->begun = 1;
	w->last = p->frame->pts = pts;
	p->frame->quality = c->global_quality;
	p->frame->pict_type = AV_PICTURE_TYPE_NONE;
	int ret = avcodec_send_frame(c, p->frame);
	if (ret >= 0) ret = mux(w);
	return ret < 0 ? ret : sound_until(w, time);
}

int st_writer_close(st_writer *w) {
	int ret = avcodec_send_frame(w->codec, NULL);
	if (ret >= 0) ret = mux(w);
	if (ret >= 0) {
		int64_t end = w->last + av_rescale_q(1, av_inv_q(w->codec->framerate), w->codec->time_base);
		ret = sound_until(w, av_rescale_q(end, w->codec->time_base, AV_TIME_BASE_Q));
	}
	if (w->format->pb && !w->waits) {
		int last = av_write_trailer(w->format);
		if (ret >= 0) ret = last;
		avio_flush(w->format->pb);
		if (ret >= 0 && w->format->pb->error < 0) ret = w->format->pb->error;
		last = avio_closep(&w->format->pb);
		if (ret >= 0) ret = last;
	}
	release(w);
	return ret < 0 ? ret : 0;
}

int64_t st_count(const char *url) {
	AVFormatContext *f = NULL;
	AVPacket *p = av_packet_alloc();
	int64_t n = p ? avformat_open_input(&f, url, NULL, NULL) : AVERROR(ENOMEM);
	int video = n < 0 ? (int)n : av_find_best_stream(f, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	if (video < 0) n = video;
	while (n >= 0 && av_read_frame(f, p) >= 0) {
		n += p->stream_index == video;
		av_packet_unref(p);
	}
	av_packet_free(&p);
	avformat_close_input(&f);
	return n;
}
