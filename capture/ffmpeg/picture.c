#include "reader.h"

#include <string.h>

#include <libavutil/display.h>
#include <libavutil/pixdesc.h>

void st_orient(st_reader *r, st_frame *f) {
	const int32_t *m = NULL;
	AVFrameSideData *own = av_frame_get_side_data(r->frame, AV_FRAME_DATA_DISPLAYMATRIX);
	if (own) m = (const int32_t *)own->data;
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
	const AVPacketSideData *side = av_packet_side_data_get(r->stream->codecpar->coded_side_data,
		r->stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
	if (!m && side) m = (const int32_t *)side->data;
#else
	if (!m) m = (const int32_t *)av_stream_get_side_data(r->stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
#endif
	f->swap = f->flip_x = f->flip_y = 0;
	if (!m) return;
	// A point (x, y) is shown at (m0*x + m3*y, m1*x + m4*y): ISO/IEC 14496-12, 6.2.2. The nearest right angle counts.
	f->swap = llabs(m[3]) > llabs(m[0]);
	f->flip_x = (f->swap ? m[3] : m[0]) < 0;
	f->flip_y = (f->swap ? m[1] : m[4]) < 0;
}

int st_convert(struct SwsContext **scale, int *scales, const AVFrame *p, int width) {
	int now[ST_SCALES] = {width, p->height, p->format, p->colorspace, p->color_range};
	if (*scale && !memcmp(now, scales, sizeof now)) return 0;
	memcpy(scales, now, sizeof now);
	sws_freeContext(*scale);
	struct SwsContext *c = *scale = sws_getContext(width, p->height, p->format, width, p->height, AV_PIX_FMT_RGBA,
		SWS_BICUBIC, NULL, NULL, NULL);
	if (!c) return AVERROR(EINVAL);
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(p->format);
	if (!d || d->flags & AV_PIX_FMT_FLAG_RGB) return 0; // these have no matrix, and always the full range
	int *inverse, *table, from, to, brightness, contrast, saturation;
	if (sws_getColorspaceDetails(c, &inverse, &from, &table, &to, &brightness, &contrast, &saturation) < 0)
		return 0; // no YUV
	const int *matrix = sws_getCoefficients(p->colorspace == AVCOL_SPC_UNSPECIFIED ? SWS_CS_DEFAULT : (int)p->colorspace);
	sws_setColorspaceDetails(c, matrix, from || p->color_range == AVCOL_RANGE_JPEG, table, to, brightness, contrast,
		saturation);
	return 0;
}

// wide returns memory for a picture whose rows are aligned as FFmpeg's SIMD code wants them.
static uint8_t *wide(st_reader *r, int stride) {
	int need = stride * r->frame->height + 64;
	if (need > r->wide_size) {
		av_freep(&r->wide);
		r->wide = av_malloc(need);
		r->wide_size = r->wide ? need : 0;
	}
	return r->wide;
}

int st_reader_rgba(st_reader *r, uint8_t *pixels, int stride) {
	AVFrame *p = r->frame;
	if (!p->data[0]) return AVERROR(EINVAL);
	int ret = st_convert(&r->scale, r->scales, p, p->width);
	if (ret < 0) return ret;
	int direct = p->width % 16 == 0 && stride % 64 == 0 && (uintptr_t)pixels % 64 == 0;
	int row = direct ? stride : (4 * p->width + 127) & ~63;
	uint8_t *target[4] = {direct ? pixels : wide(r, row)};
	int strides[4] = {row};
	if (!target[0]) return AVERROR(ENOMEM);
	ret = sws_scale(r->scale, (const uint8_t *const *)p->data, p->linesize, 0, p->height, target, strides);
	if (ret < 0) return ret;
	if (!direct)
		for (int y = 0; y < p->height; y++) memcpy(pixels + (int64_t)y * stride, target[0] + (int64_t)y * row, 4 * p->width);
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(p->format);
	if (d && d->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_RGB))
		for (int y = 0; y < p->height; y++)
			for (int x = 0; x < p->width; x++) pixels[(int64_t)y * stride + 4 * x + 3] = 255;
	return 0;
}
