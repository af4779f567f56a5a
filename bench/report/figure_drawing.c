/* The call of gnuplot, and what is done to its drawings. */
#include "figure_drawing.h"
#include "support/process.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A format: how a whole drawing ends, and before what the date stands at which it was drawn. */
static const struct drawing_format {
  const char *name, *end;
  const char *date_mark;
  const char *date; /* of the same length as what it replaces: %s is a day */
} FORMATS[] = {
    {"svg", "</svg>\n", NULL, NULL},
    {"png", "IEND\xae\x42\x60\x82", NULL, NULL},
    {"pdf", "%%EOF\n", "/CreationDate (D:", "%.4s%.2s%.2s000000Z"},
    {"eps", "%%EOF\n", "%%CreationDate: ", "%.4s-%.2s-%.2s 00:00:00 UTC "},
};
enum { FORMAT_COUNT = sizeof FORMATS / sizeof FORMATS[0] };

/* "2026-11-21" */
static const char *drawing_day(const struct figure *figure) {
  const char *newest = figure->dataset->newest;
  return strlen(newest) >= 10 ? newest : "1970-01-01";
}

/* The drawing is of the runs: it has the day of the newest. */
static void drawing_set_date(const struct figure *figure, const struct drawing_format *format,
                             char *drawn, size_t length) {
  if (format->date_mark == NULL)
    return;
  const size_t mark = strlen(format->date_mark);
  const char *day = drawing_day(figure);
  char *date = text_format(format->date, day, day + 5, day + 8);
  char *at = memmem(drawn, length, format->date_mark, mark);
  if (at != NULL && (size_t)(drawn + length - at) > mark + strlen(date))
    memcpy(at + mark, date, strlen(date));
  free(date);
}

/* gnuplot does not say where it could not write: a drawing that is whole has an end. */
static bool drawing_is_whole(const struct drawing_format *format, const char *drawn,
                             size_t length) {
  const size_t end = strlen(format->end);
  while (length > end && drawn[length - 1] == '\n' && drawn[length - 2] == '\n')
    length--;
  return length >= end && memcmp(drawn + length - end, format->end, end) == 0;
}

/* What the file `part` has is in `path` from now on, if it is whole. */
static int drawing_take(const struct figure *figure, const struct drawing_format *format,
                        const char *path, const char *part, struct text *error) {
  struct text whole = {0};
  size_t length = 0;
  char *drawn = text_file_read(part, &length, error);
  int status = drawn == NULL ? -1 : 0;
  if (status == 0 && !drawing_is_whole(format, drawn, length)) {
    text_add(error, "%s: gnuplot could not write it to its end\n", part);
    status = -1;
  }
  if (status == 0) {
    drawing_set_date(figure, format, drawn, length);
    text_add_bytes(&whole, drawn, length);
    status = text_file_write(path, &whole, error);
  }
  text_deinit(&whole);
  free(drawn);
  unlink(part);
  return status;
}

/* Draws into files that end in `.PID.part`, by several processes at once if need be. */
static int drawing_run(const char *base, struct text *error) {
  char *script = text_format("%s.gp", base);
  char *commands = text_format("PART = '.%ld.part'", (long)getpid());
  char environment[] = "env", zone[] = "TZ=UTC0", program[] = "gnuplot", option[] = "-e";
  char *argv[] = {environment, zone, program, option, commands, script, NULL};
  struct text output = {0};
  const int status = process_capture(argv, NULL, false, &output, error);
  text_deinit(&output);
  free(commands);
  free(script);
  return status;
}

int figure_drawing_make(const struct figure *figure, struct text *error) {
  /* A name that begins with < or | is a command to gnuplot. */
  char *base = text_format("%s%s/figures/%s", figure->folder[0] == '/' ? "" : "./", figure->folder,
                           figure->plan->name);
  int status = drawing_run(base, error);
  for (size_t i = 0; i < FORMAT_COUNT; i++) {
    char *path = text_format("%s.%s", base, FORMATS[i].name);
    char *part = text_format("%s.%ld.part", path, (long)getpid());
    if (status == 0)
      status = drawing_take(figure, &FORMATS[i], path, part, error);
    unlink(part);
    free(part);
    free(path);
  }
  if (status < 0)
    text_add(error, "figure %s could not be drawn\n", figure->plan->name);
  free(base);
  return status;
}
