#include "reader.h"

// STRIP is how many columns are converted together: with one width there is one conversion to set up, whatever part is
// asked for. SIMD code reads up to 32 bytes of a row at once, from where they are aligned.
#define STRIP 64
#define ALIGNED 32

struct st_held {
	AVFrame *frame;
	struct SwsContext *scale;
	int scales[ST_SCALES];
};

// plain tells whether any part of a picture is converted as it is in the whole: no pixel depends on its neighbours, and
// rows hold whole strips.
static int plain(const AVFrame *p) {
	if (p->format != AV_PIX_FMT_YUV420P && p->format != AV_PIX_FMT_YUVJ420P) return 0;
	if (p->width < STRIP || p->width % ALIGNED || p->height % 2) return 0;
	for (int i = 0; i < 3; i++) {
		int unit = i ? ALIGNED / 2 : ALIGNED;
		if (p->linesize[i] <= 0 || p->linesize[i] % unit || (uintptr_t)p->data[i] % unit) return 0;
	}
	return 1;
}

int st_held_take(st_held **out, st_reader *r) {
	if (!r->frame->data[0] || !plain(r->frame)) return 0;
	st_held *h = *out;
	if (!h && !(h = *out = av_mallocz(sizeof *h))) return AVERROR(ENOMEM);
	if (!h->frame && !(h->frame = av_frame_alloc())) return AVERROR(ENOMEM);
	av_frame_unref(h->frame);
	int ret = av_frame_ref(h->frame, r->frame);
	if (ret < 0) return ret;
	ret = st_convert(&h->scale, h->scales, h->frame, STRIP);
	return ret < 0 ? ret : 1;
}

int st_held_rgba(st_held *h, uint8_t *pixels, int stride, const st_part *part) {
	AVFrame *p = h->frame;
	if (!p || !p->data[0]) return AVERROR(EINVAL);
	int top = part->y0 & ~1, rows = ((part->y1 + 1) & ~1) - top; // two rows have one of chroma
	if (part->x0 < 0 || top < 0 || part->x1 > p->width || top + rows > p->height || rows <= 0) return AVERROR(EINVAL);
	for (int x = part->x0 - part->x0 % STRIP; x < part->x1; x += STRIP) {
		int left = x > p->width - STRIP ? p->width - STRIP : x;
		const uint8_t *from[4] = {p->data[0] + (int64_t)top * p->linesize[0] + left};
		for (int i = 1; i < 3; i++) from[i] = p->data[i] + (int64_t)(top / 2) * p->linesize[i] + left / 2;
		uint8_t *to[4] = {pixels + (int64_t)top * stride + 4 * left};
		int strides[4] = {stride};
		int ret = sws_scale(h->scale, from, p->linesize, 0, rows, to, strides);
		if (ret < 0) return ret;
	}
	return 0;
}

void st_held_free(st_held *h) {
	if (!h) return;
	sws_freeContext(h->scale);
	av_frame_free(&h->frame);
	av_free(h);
}
