#include "common.h"

#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/avutil.h>
#include <libavutil/error.h>
#include <libavutil/log.h>

static _Thread_local char last[512];
static _Thread_local int prefix = 1;
static volatile int print_all;

static void keep(void *from, int level, const char *format, va_list args) {
	if (print_all) {
		va_list again;
		va_copy(again, args);
		av_log_default_callback(from, level, format, again);
		va_end(again);
	}
	if (level > AV_LOG_ERROR) return;
	char line[sizeof last];
	av_log_format_line2(from, level, format, args, line, sizeof line, &prefix);
	size_t n = strlen(line);
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == ' ')) line[--n] = 0;
	if (n > 0) memcpy(last, line, n + 1);
}

void st_log_start(int loud) {
	print_all = loud;
	last[0] = 0;
	av_log_set_callback(keep);
}

const char *st_log_last(void) { return last; }

void st_error_text(int code, char *text, int size) {
	av_strerror(code, text, size); // it always writes something
}

const char *st_version(void) { return av_version_info(); }

int st_has_encoder(const char *name) { return avcodec_find_encoder_by_name(name) != NULL; }
