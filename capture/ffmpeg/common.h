// What reader.c and writer.c share, and what Go sees of them. Times are microseconds; a return value below 0 is an
// AVERROR.
#ifndef SIAMTRACK_FFMPEG_H
#define SIAMTRACK_FFMPEG_H

#include <stdint.h>

// Errors of our own, in FFmpeg's manner a negated tag.
#define ST_NO_VIDEO (-0x5354f001)
#define ST_TOO_LARGE (-0x5354f002)
#define ST_NO_ENCODER (-0x5354f003)
#define ST_NO_SOUND (-0x5354f004)
#define ST_MUXER_REFUSES (-0x5354f005)
#define ST_EMPTY (-0x5354f006)

#define ST_NO_TIME INT64_MIN

// st_log_start directs FFmpeg's messages to a buffer of the calling thread, and empties it; with loud they go to
// standard error too. st_log_last returns the last error in it, "" where there is none.
void st_log_start(int loud);
const char *st_log_last(void);
void st_error_text(int code, char *text, int size);
const char *st_version(void);
int st_has_encoder(const char *name);

typedef struct {
	const char *format;  // of the demuxer, NULL to find out
	const char *options; // key;value|key;value, NULL for none
	int64_t open_timeout, read_timeout; // 0: none
	int64_t max_pixels;                 // 0: none
	int low_delay;                      // no frame waits for a thread that decodes a later one
	int strict;                         // an undecodable packet is an error
	int pipe;                           // the URL is of one
} st_options;

typedef struct {
	int width, height;   // as stored
	int swap;            // shown with rows and columns exchanged
	double fps;          // 0: none
	int64_t frames;      // as the header has it, or guessed from the duration; 0: none
	int sar_num, sar_den;
	char codec[32], format[64];
	int sound;           // whether there is a sound stream
} st_info;

typedef struct {
	int width, height; // as stored, before turning
	int64_t time;      // ST_NO_TIME: none
	int swap;          // the picture is shown with rows and columns exchanged first,
	int flip_x, flip_y; // then mirrored
	int sar_num, sar_den;
	int64_t lost, damaged; // so far: pictures that could not be decoded, and that were with errors
} st_frame;

typedef struct st_reader st_reader;

int st_reader_open(st_reader **out, const char *url, const st_options *o, st_info *info);
int st_reader_next(st_reader *r, st_frame *f);
// st_reader_rgba converts the frame that came last; pixels has height rows of stride bytes, 4*width at least.
int st_reader_rgba(st_reader *r, uint8_t *pixels, int stride);

typedef struct st_held st_held; // a decoded picture, in the decoder's memory, of which parts are converted when needed
typedef struct { int x0, y0, x1, y1; } st_part; // columns x0 to x1-1 of rows y0 to y1-1

// st_held_take has *out, made where it is NULL, hold the frame that came last instead of what it held. It returns 1, or
// 0 where only the whole of such a frame can be converted, or an error; *out is to be freed whatever it returns.
int st_held_take(st_held **out, st_reader *r);
// st_held_rgba converts a part, and what is around it up to 64 columns and two rows, as st_reader_rgba converts the
// whole.
int st_held_rgba(st_held *h, uint8_t *pixels, int stride, const st_part *part);
void st_held_free(st_held *h);

// st_reader_interrupt ends a call that is under way in another thread, and all later ones.
void st_reader_interrupt(st_reader *r);
void st_reader_close(st_reader *r);

typedef struct {
	const char *format, *encoder, *tag; // tag: four characters or NULL for the muxer's own
	const char *settings; // of the encoder, key=value:key=value, NULL for none
	int width, height;
	int fps_num, fps_den;
	int sar_num, sar_den; // 0: square
	const char *sound;    // the URL of the file whose sound is copied, NULL for none
	int64_t sound_from;   // time in it of the video's first frame
} st_writer_options;

typedef struct st_writer st_writer;
typedef struct st_picture st_picture; // one that is to be encoded, in the encoder's own format

int st_writer_open(st_writer **out, const char *path, const st_writer_options *o);
int st_encoder_works(const st_writer_options *o);
// st_picture_new makes a picture for w, whatever it returns to be freed.
int st_picture_new(st_picture **out, st_writer *w);
// st_picture_begin makes its memory ready to be written to; planes is that of I420 without gaps, NULL where the encoder
// takes another format.
int st_picture_begin(st_picture *p, uint8_t **planes);
// st_picture_rgba converts RGBA pixels into it.
int st_picture_rgba(st_picture *p, st_writer *w, const uint8_t *pixels, int stride);
void st_picture_free(st_picture *p);
// st_writer_write encodes p, which may then begin anew.
int st_writer_write(st_writer *w, st_picture *p, int64_t time);
// st_writer_close writes what is left and frees w, whatever it returns.
int st_writer_close(st_writer *w);
// st_count counts the pictures of a file without decoding them.
int64_t st_count(const char *url);

#endif
