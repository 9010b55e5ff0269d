#include "writer.h"

#include <string.h>

// renew gives a picture memory of its own, the planes one after the other without gaps where the format is I420. The
// encoder may still hold what it had before.
static int renew(AVFrame *f) {
	av_buffer_unref(&f->buf[0]);
	if (f->format != AV_PIX_FMT_YUV420P) return av_frame_get_buffer(f, 0);
	size_t luma = (size_t)f->width * f->height;
	if (!(f->buf[0] = av_buffer_alloc(luma * 3 / 2 + AV_INPUT_BUFFER_PADDING_SIZE))) return AVERROR(ENOMEM);
	memset(f->buf[0]->data, 128, luma * 3 / 2 + AV_INPUT_BUFFER_PADDING_SIZE);
	f->data[0] = f->buf[0]->data;
	f->data[1] = f->data[0] + luma;
	f->data[2] = f->data[1] + luma / 4;
	f->linesize[0] = f->width;
	f->linesize[1] = f->linesize[2] = f->width / 2;
	return 0;
}

int st_picture_new(st_picture **out, st_writer *w) {
	AVCodecContext *c = w->codec;
	st_picture *p = *out = av_mallocz(sizeof *p);
	if (!p || !(p->frame = av_frame_alloc())) return AVERROR(ENOMEM);
	p->frame->format = c->pix_fmt;
	p->frame->width = c->width;
	p->frame->height = c->height;
	p->frame->sample_aspect_ratio = c->sample_aspect_ratio;
	p->frame->colorspace = c->colorspace;
	p->frame->color_range = c->color_range;
	return renew(p->frame);
}

int st_picture_begin(st_picture *p, uint8_t **planes) {
	AVFrame *f = p->frame;
	int ret = av_frame_is_writable(f) ? 0 : renew(f);
	*planes = ret >= 0 && f->format == AV_PIX_FMT_YUV420P ? f->data[0] : NULL;
	return ret;
}

int st_picture_rgba(st_picture *p, st_writer *w, const uint8_t *pixels, int stride) {
	const uint8_t *from[4] = {pixels};
	int strides[4] = {stride};
	int ret = sws_scale(w->scale, from, strides, 0, w->codec->height, p->frame->data, p->frame->linesize);
	return ret < 0 ? ret : 0;
}

void st_picture_free(st_picture *p) {
	if (!p) return;
	av_frame_free(&p->frame);
	av_free(p);
}
