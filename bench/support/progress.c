/* How far a campaign is. */
#include "progress.h"
#include "clock.h"
#include "text.h"

#include <math.h>
#include <unistd.h>

enum {
  TERMINAL_MS = 200,
  PLAIN_MS = 10000,
  RATE_AFTER_MS = 300,
  WAITING_AFTER_MS = 5000,
  WORDS = 32,
};

void progress_duration(double seconds, char *words) {
  long whole = lround(fmin(seconds, 1e9));
  if (whole < 1)
    snprintf(words, WORDS, "less than 1 s");
  else if (whole < 60)
    snprintf(words, WORDS, "%ld s", whole);
  else if (whole < 3600)
    snprintf(words, WORDS, "%ld min %ld s", whole / 60, whole % 60);
  else
    snprintf(words, WORDS, "%ld h %ld min", whole / 3600, whole % 3600 / 60);
}

void progress_init(struct progress *progress, const char *name, size_t total, double total_size) {
  *progress = (struct progress){
      .stream = stderr,
      .terminal = isatty(STDERR_FILENO) == 1,
      .name = name,
      .total = total,
      .total_size = total_size,
      .begun_ms = clock_now_ms(),
      .shown_ms = clock_now_ms(),
      .stepped_ms = clock_now_ms(),
  };
}

void progress_step(struct progress *progress, size_t count, double size, size_t bad) {
  progress->done += count;
  progress->done_size += size;
  progress->stepped_ms = clock_now_ms();
  progress->bad += bad;
}

/* ", 12 a second", ", one in 40 s", and how long it takes to the end. */
static void progress_show_rate(const struct progress *progress, int64_t now) {
  const double elapsed = (double)(now - progress->begun_ms) / 1000;
  if (progress->done == 0 || now - progress->begun_ms < RATE_AFTER_MS)
    return;
  const double rate = (double)progress->done / elapsed;
  char words[WORDS];
  if (rate >= 0.1) {
    fprintf(progress->stream, ", %.*f a second", rate < 10 ? 1 : 0, rate);
  } else {
    progress_duration(1 / rate, words);
    fprintf(progress->stream, ", one in %s", words);
  }
  if (progress->done == progress->total)
    return;
  progress_duration((progress->total_size - progress->done_size) / progress->done_size * elapsed,
                    words);
  fprintf(progress->stream, ", %s left", words);
}

/* ", none for 40 s": what takes so long is at work. */
static void progress_show_waiting(const struct progress *progress, int64_t now) {
  char words[WORDS];
  if (progress->done == progress->total || now - progress->stepped_ms < WAITING_AFTER_MS)
    return;
  progress_duration((double)(now - progress->stepped_ms) / 1000, words);
  fprintf(progress->stream, ", none for %s", words);
}

static void progress_show(struct progress *progress, int64_t now) {
  progress->shown_ms = now;
  fputs(progress->terminal ? "\r" : "", progress->stream);
  text_printf(progress->stream, "%s: %zu of %zu run%s", progress->name, progress->done,
              progress->total, text_plural(progress->total));
  progress_show_rate(progress, now);
  progress_show_waiting(progress, now);
  if (progress->bad > 0)
    fprintf(progress->stream, ", %zu could not be run", progress->bad);
  fprintf(progress->stream, "%s", progress->terminal ? "\033[K" : "\n");
  fflush(progress->stream);
  progress->line_open = progress->terminal;
}

void progress_tick(struct progress *progress) {
  int64_t now = clock_now_ms();
  if (now - progress->shown_ms >= (progress->terminal ? TERMINAL_MS : PLAIN_MS))
    progress_show(progress, now);
}

void progress_deinit(struct progress *progress) {
  progress_show(progress, clock_now_ms());
  if (progress->line_open)
    fputs("\n", progress->stream);
}
