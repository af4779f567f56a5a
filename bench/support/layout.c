/* Widths, ticks and legends. */
#include "layout.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Advance widths of Liberation Sans from space to ~, in thousandths of the size. */
static const unsigned short WIDTH[95] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

static const double LEGEND_GAP_IN = 0.16;

double layout_text_width(const char *utf8, double points) {
  double sum = 0;
  for (; *utf8 != '\0'; utf8++) {
    unsigned char byte = (unsigned char)*utf8;
    if (byte >= 32 && byte < 127)
      sum += WIDTH[byte - 32];
    else if ((byte & 0xc0) != 0x80)
      sum += 556;
  }
  return sum / 1000 * points / 72;
}

char *layout_text_fit(const char *utf8, double points, double width) {
  char *text = text_format("%s", utf8);
  size_t length = strlen(text);
  while (layout_text_width(text, points) > width && length > 0) {
    free(text);
    do
      length--;
    while (length > 0 && ((unsigned char)utf8[length] & 0xc0) == 0x80);
    text = text_format("%.*s…", (int)length, utf8);
  }
  return text;
}

size_t layout_text_wrap(struct text *lines, const char *utf8, double points, double width) {
  char *copy = memory_string(utf8), *rest = copy, *word;
  struct text line = {0};
  size_t count = 0;
  while ((word = strsep(&rest, " ")) != NULL) {
    char *longer = text_format("%s%s%s", text_string(&line), line.length == 0 ? "" : " ", word);
    if (line.length > 0 && layout_text_width(longer, points) > width) {
      text_add(lines, "%s\n", line.data);
      count++;
      text_deinit(&line);
      text_add(&line, "%s", word);
    } else {
      text_deinit(&line);
      text_add(&line, "%s", longer);
    }
    free(longer);
  }
  text_add(lines, "%s\n", text_string(&line));
  text_deinit(&line);
  free(copy);
  return count + 1;
}

void layout_axis_tick(struct layout_axis *axis, const char *words, double place) {
  text_add(&axis->ticks, "%s'%s' %.10g", axis->ticks.length == 0 ? "" : ", ", words, place);
  text_add(&axis->marks, "%s'' %.10g", axis->marks.length == 0 ? "" : ", ", place);
  axis->tick_width = fmax(axis->tick_width, layout_text_width(words, 7));
  axis->tick_count++;
}

static void add_tick(struct layout_axis *axis, double place, const struct layout_ticks *ticks) {
  char label[40];
  if (ticks->milliseconds && place >= 1000)
    snprintf(label, sizeof label, "%.6g s", place / 1000);
  else if (ticks->milliseconds)
    snprintf(label, sizeof label, "%.6g%s", place, place > 0 ? " ms" : "");
  else
    snprintf(label, sizeof label, "%.6g", place * ticks->scale);
  layout_axis_tick(axis, label, place);
}

/* The smallest step of 1, 2, 2.5 or 5 times a power of ten with which `span` has at most `most`
 * steps. */
static double round_step(double span, size_t most) {
  static const double STEPS[] = {1, 2, 2.5, 5, 10};
  double power = pow(10, floor(log10(span / (double)most)));
  for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++)
    if (STEPS[i] * power * (double)most >= span * (1 - 1e-9))
      return STEPS[i] * power;
  return 10 * power;
}

void layout_axis_linear(struct layout_axis *axis, double low, double high, size_t most, bool whole,
                        const struct layout_ticks *ticks) {
  *axis = (struct layout_axis){.low = low, .high = high};
  if (!(high > low))
    axis->high = low + (low > 0 ? low : 1);
  double step = round_step(axis->high - axis->low, most > 1 ? most - 1 : 1);
  if (ticks->integers)
    step = fmax(step, 1);
  double first = ceil(axis->low / step - 1e-9), last = floor(axis->high / step + 1e-9);
  if (whole) {
    first = floor(axis->low / step + 1e-9);
    last = ceil(axis->high / step - 1e-9);
    axis->low = first * step;
    axis->high = last * step;
  }
  for (double i = first; i <= last; i++)
    add_tick(axis, i * step + 0.0, ticks); /* -0 is 0 */
}

/* Ticks at so many parts of each decade: 1, 2 and 5, or 1 only. */
static void add_decades(struct layout_axis *axis, size_t parts, const struct layout_ticks *ticks) {
  static const double PARTS[] = {1, 2, 5};
  for (double power = floor(log10(axis->low)); power <= log10(axis->high); power++) {
    for (size_t i = 0; i < parts; i++) {
      double place = PARTS[i] * pow(10, power);
      if (place >= axis->low && place <= axis->high)
        add_tick(axis, place, ticks);
    }
  }
}

void layout_axis_logarithmic(struct layout_axis *axis, double low, double high,
                             const struct layout_ticks *ticks) {
  const struct layout_axis empty = {.logarithmic = true, .low = low / 1.25, .high = high * 1.25};
  *axis = empty;
  double decades = floor(log10(axis->high)) - ceil(log10(axis->low)) + 1;
  add_decades(axis, decades >= 3 ? 1 : 3, ticks);
  if (ticks->most > 0 && axis->tick_count > ticks->most && decades >= 2) {
    layout_axis_deinit(axis);
    *axis = empty;
    add_decades(axis, 1, ticks);
    return;
  }
  if (axis->tick_count >= 3)
    return;
  double bottom = axis->low, top = axis->high;
  layout_axis_deinit(axis);
  layout_axis_linear(axis, bottom, top, ticks->most > 0 ? ticks->most : 6, false, ticks);
  axis->logarithmic = true;
}

void layout_axis_deinit(struct layout_axis *axis) {
  text_deinit(&axis->ticks);
  text_deinit(&axis->marks);
}

size_t layout_legend(const char *const *words, size_t count, double mark, double width, double *x,
                     size_t *row) {
  double at = 0;
  size_t rows = count > 0 ? 1 : 0;
  for (size_t i = 0; i < count; i++) {
    double takes = mark + layout_text_width(words[i], 7);
    if (at > 0 && at + takes > width) {
      at = 0;
      rows++;
    }
    x[i] = at;
    row[i] = rows - 1;
    at += takes + LEGEND_GAP_IN;
  }
  return rows;
}

void layout_add_line(struct text *text, const char *words) {
  while (*words != '\0') {
    const size_t length = text_utf8_length(words);
    if (length == 0)
      text_add(text, "\xef\xbf\xbd"); /* U+FFFD */
    else if (*words == '\n' || *words == '\t' || text_is_control(words))
      text_add(text, " ");
    else
      text_add_bytes(text, words, length);
    words += length == 0 ? 1 : length;
  }
}

/* gnuplot runs what is between back-ticks in double quotes, and its arrays do not take single
 * quotes that are doubled. To it, an octal number goes on as long as there are digits. */
static void layout_add_octets(struct text *script, const char *octets) {
  bool after_number = false;
  text_add(script, "\"");
  for (; *octets != '\0'; octets++) {
    const bool number = *octets == '`' || (unsigned char)*octets < ' ' ||
                        (after_number && *octets >= '0' && *octets <= '9');
    if (number)
      text_add(script, "\\%03o", (unsigned char)*octets);
    else
      text_add(script, "%s%c", *octets == '"' || *octets == '\\' ? "\\" : "", *octets);
    after_number = number;
  }
  text_add(script, "\"");
}

void layout_add_quoted(struct text *script, const char *text) {
  struct text line = {0};
  layout_add_line(&line, text);
  layout_add_octets(script, text_string(&line));
  text_deinit(&line);
}

void layout_add_path(struct text *script, const char *path) {
  layout_add_octets(script, path);
}
