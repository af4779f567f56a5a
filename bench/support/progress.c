/* How far a campaign is. */
#include "progress.h"
#include "clock.h"
#include "text.h"

#include <math.h>
#include <unistd.h>

enum { TERMINAL_MS = 200, PLAIN_MS = 10000, RATE_AFTER_MS = 300, WORDS = 32 };

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

void progress_init(struct progress *progress, const char *name, size_t total) {
  *progress = (struct progress){
      .stream = stderr,
      .terminal = isatty(STDERR_FILENO) == 1,
      .name = name,
      .total = total,
      .begun_ms = clock_now_ms(),
      .shown_ms = clock_now_ms(),
  };
}

void progress_step(struct progress *progress, bool bad) {
  progress->done++;
  progress->bad += bad;
}

static void progress_show(struct progress *progress, int64_t now) {
  double elapsed = (double)(now - progress->begun_ms) / 1000;
  progress->shown_ms = now;
  fputs(progress->terminal ? "\r" : "", progress->stream);
  text_printf(progress->stream, "%s: %zu of %zu runs", progress->name, progress->done,
              progress->total);
  if (progress->done > 0 && now - progress->begun_ms >= RATE_AFTER_MS) {
    double rate = (double)progress->done / elapsed;
    char left[WORDS];
    progress_duration((double)(progress->total - progress->done) / rate, left);
    fprintf(progress->stream, ", %.*f a second", rate < 10 ? 1 : 0, rate);
    if (progress->done < progress->total)
      fprintf(progress->stream, ", %s left", left);
  }
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
