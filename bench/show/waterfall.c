/* Octets, time and energy of one run. */
#include "waterfall.h"
#include "ladder.h"
#include "support/grid.h"
#include "support/memory.h"
#include "support/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { IPV6_HEADER = 40, UDP_HEADER = 8, BAR_WIDTH = 64 };

static const json_t *messages_of(const json_t *result) {
  return json_object_get(result, "messages");
}

static long long row_bytes(const json_t *message, const char *row) {
  return json_integer_value(json_object_get(json_object_get(message, "ledger"), row));
}

static long long row_sum(const json_t *messages, const char *row) {
  long long sum = 0;
  for (size_t i = 0; i < json_array_size(messages); i++)
    sum += row_bytes(json_array_get(messages, i), row);
  return sum;
}

static void waterfall_put_number(struct grid *grid, size_t line, size_t column, long long number) {
  char *words = number == 0 ? memory_string(".") : text_format("%lld", number);
  grid_put(grid, line, column, words);
  free(words);
}

/* The line of a row, if some message has octets of it. */
static bool put_row(struct grid *grid, size_t line, const struct schema_row *row,
                    const json_t *messages, long long *sum) {
  size_t count = json_array_size(messages);
  long long total = row_sum(messages, row->name);
  if (total == 0)
    return false;
  grid_put(grid, line, 1, row->name);
  for (size_t i = 0; i < count; i++) {
    long long bytes = row_bytes(json_array_get(messages, i), row->name);
    waterfall_put_number(grid, line, 2 + i, bytes);
    sum[i] += bytes;
  }
  waterfall_put_number(grid, line, 2 + count, total);
  return true;
}

/* Of all phases, and of polls between them. */
static long long bytes_air_of(const json_t *result) {
  long long sum = json_integer_value(json_object_get(result, "bytes_air_idle"));
  const char *name, *turn;
  json_t *phase, *tally;
  json_object_foreach(json_object_get(result, "phases"), name, phase) {
    json_object_foreach(phase, turn, tally) {
      sum += json_integer_value(json_object_get(tally, "bytes_air"));
    }
  }
  return sum;
}

/* The sums, and a warning where they are not what the result says. */
static void put_sums(struct grid *grid, size_t line, const json_t *result, const long long *sum,
                     struct text *warning) {
  const json_t *messages = messages_of(result);
  size_t count = json_array_size(messages);
  long long total = 0;
  grid_put(grid, line, 0, "total");
  for (size_t i = 0; i < count; i++) {
    long long air = ladder_weigh(json_array_get(messages, i)).bytes_air;
    waterfall_put_number(grid, line, 2 + i, sum[i]);
    total += sum[i];
    if (sum[i] != air)
      text_add(warning, "%s: the rows sum up to %lld, but its bytes_air is %lld\n",
               value_string(json_array_get(messages, i), "label"), sum[i], air);
  }
  waterfall_put_number(grid, line, 2 + count, total);
  long long air = bytes_air_of(result);
  if (total != air)
    text_add(warning, "the messages sum up to %lld, but those of all phases are %lld\n", total,
             air);
}

void waterfall_print_rows(const struct schema *schema, const json_t *result, struct text *text) {
  const json_t *messages = messages_of(result);
  size_t count = json_array_size(messages), line = 1;
  struct grid grid = {.width = count + 3, .right_from = 2};
  long long *sum = memory_get(count, sizeof *sum);
  const char *group = "";
  struct text warning = {0};
  for (size_t i = 0; i < count; i++) {
    char *step = ladder_step(result, i), *head = text_format("%s)", step);
    grid_put(&grid, 0, 2 + i, head);
    free(head);
    free(step);
  }
  grid_put(&grid, 0, 0, "part");
  grid_put(&grid, 0, 1, "row");
  grid_put(&grid, 0, 2 + count, "sum");
  for (size_t i = 0; i < schema->row_count; i++) {
    if (!put_row(&grid, line, &schema->row[i], messages, sum))
      continue;
    grid_put(&grid, line++, 0,
             strcmp(group, schema->row[i].group) == 0 ? "" : schema->row[i].group);
    group = schema->row[i].group;
  }
  put_sums(&grid, line, result, sum, &warning);
  grid_print(&grid, text);
  text_add(text, "%s", text_string(&warning));
  text_deinit(&warning);
  free(sum);
  grid_deinit(&grid);
}

/* The parts of the ledger, each with a letter that no other has; behind 62 of them, #. */
struct parts {
  const char **name;
  char *letter;
  size_t count;
};

static size_t part_find(const struct parts *parts, const char *name) {
  size_t i = 0;
  while (i < parts->count && strcmp(parts->name[i], name) != 0)
    i++;
  return i;
}

static bool letter_is_free(const struct parts *parts, char letter) {
  return parts->count == 0 || memchr(parts->letter, letter, parts->count) == NULL;
}

/* The first letter of the last word, or else of one before it; where these are taken, any other. */
static char letter_for(const struct parts *parts, const char *name) {
  static const char OTHERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (size_t at = strlen(name); at-- > 0;) {
    char letter = (char)toupper((unsigned char)name[at]);
    bool begins = at == 0 || !isalpha((unsigned char)name[at - 1]);
    if (begins && isalpha((unsigned char)letter) && letter_is_free(parts, letter))
      return letter;
  }
  for (const char *other = OTHERS; *other != '\0'; other++)
    if (letter_is_free(parts, *other))
      return *other;
  return '#';
}

static void parts_add(struct parts *parts, const char *name) {
  if (part_find(parts, name) < parts->count)
    return;
  parts->name = memory_resize(parts->name, parts->count + 1, sizeof *parts->name);
  parts->letter = memory_resize(parts->letter, parts->count + 1, 1);
  parts->letter[parts->count] = letter_for(parts, name);
  parts->name[parts->count++] = name;
}

static long long part_bytes(const struct schema *schema, const json_t *message, const char *part) {
  long long bytes = 0;
  for (size_t i = 0; i < schema->row_count; i++)
    if (strcmp(schema->row[i].group, part) == 0)
      bytes += row_bytes(message, schema->row[i].name);
  return bytes;
}

/* The bar's letters: each part ends at its share of the sum, so that rounding does not add up. */
static void add_bar(struct text *text, const struct schema *schema, const struct parts *parts,
                    const json_t *message, long long scale) {
  long long sum = 0, drawn = 0;
  for (size_t i = 0; i < parts->count; i++) {
    sum += part_bytes(schema, message, parts->name[i]);
    for (; drawn < (sum + scale / 2) / scale; drawn++)
      text_add(text, "%c", parts->letter[i]);
  }
}

void waterfall_print_bars(const struct schema *schema, const json_t *result, struct text *text) {
  const json_t *messages = messages_of(result);
  struct parts parts = {.count = 0};
  struct grid grid = {.width = 3};
  long long longest = 0;
  for (size_t i = 0; i < json_array_size(messages); i++) {
    const json_t *message = json_array_get(messages, i);
    long long air = ladder_weigh(message).bytes_air;
    longest = air > longest ? air : longest;
  }
  for (size_t i = 0; i < schema->row_count; i++)
    if (row_sum(messages, schema->row[i].name) > 0)
      parts_add(&parts, schema->row[i].group);
  long long scale = (longest + BAR_WIDTH - 1) / BAR_WIDTH;
  scale = scale < 1 ? 1 : scale;
  for (size_t i = 0; i < json_array_size(messages); i++) {
    const json_t *message = json_array_get(messages, i);
    struct text bar = {0};
    char *step = ladder_step(result, i),
         *name = text_format("%s) %s", step, value_string(message, "label"));
    char *air = text_format("%5lld", ladder_weigh(message).bytes_air);
    add_bar(&bar, schema, &parts, message, scale);
    grid_put(&grid, i, 0, name);
    grid_put(&grid, i, 1, air);
    grid_put_text(&grid, i, 2, &bar);
    free(step);
    free(name);
    free(air);
  }
  grid_print(&grid, text);
  text_add(text, "A letter is %lld octet%s:", scale, scale == 1 ? "" : "s");
  for (size_t i = 0; i < parts.count; i++)
    text_add(text, "%s %c %s", i == 0 ? "" : ",", parts.letter[i], parts.name[i]);
  text_add(text, "\n");
  grid_deinit(&grid);
  free(parts.name);
  free(parts.letter);
}

/* Of ESP, a protocol of IP, no UDP header is around. */
static long long plain_bytes(const json_t *message, const struct ladder_weight *weight) {
  const int udp =
      row_bytes(message, "esp_header") > 0 && row_bytes(message, "udp") == 0 ? 0 : UDP_HEADER;
  return weight->bytes_udp + weight->datagrams * (IPV6_HEADER + udp);
}

static void put_plain(struct grid *grid, size_t line, const char *name,
                      const struct ladder_weight *weight, long long plain) {
  const long long number[] = {weight->datagrams, weight->bytes_udp, plain, weight->frames,
                              weight->bytes_air};
  grid_put(grid, line, 0, name);
  for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
    waterfall_put_number(grid, line, 1 + i, number[i]);
}

void waterfall_print_plain(const json_t *result, struct text *text) {
  static const char *const HEADS[] = {"message",    "datagrams", "UDP payload",
                                      "plain IPv6", "frames",    "on air"};
  const json_t *messages = messages_of(result);
  size_t count = json_array_size(messages);
  struct grid grid = {.width = sizeof HEADS / sizeof HEADS[0], .right_from = 1};
  struct ladder_weight sum = {0};
  long long plain_sum = 0;
  for (size_t i = 0; i < grid.width; i++)
    grid_put(&grid, 0, i, HEADS[i]);
  for (size_t i = 0; i < count; i++) {
    const json_t *message = json_array_get(messages, i);
    struct ladder_weight weight = ladder_weigh(message);
    char *step = ladder_step(result, i),
         *name = text_format("%s) %s", step, value_string(message, "label"));
    const long long plain = plain_bytes(message, &weight);
    put_plain(&grid, 1 + i, name, &weight, plain);
    plain_sum += plain;
    sum.datagrams += weight.datagrams;
    sum.bytes_udp += weight.bytes_udp;
    sum.frames += weight.frames;
    sum.bytes_air += weight.bytes_air;
    free(step);
    free(name);
  }
  put_plain(&grid, 1 + count, "total", &sum, plain_sum);
  grid_print(&grid, text);
  text_add(text,
           "plain IPv6: %d octets of IPv6 and %d of UDP header a datagram (of ESP "
           "alone none), nothing compressed, one link, no link layer.\n",
           IPV6_HEADER, UDP_HEADER);
  grid_deinit(&grid);
}

/* "12.3 ms". A run that has no such figure has "-", or, where it has the whole that it would be a
 * part of, does not model it. */
static void waterfall_put_figure(struct grid *grid, size_t line, const char *name,
                                 const json_t *value, const char *unit, double whole) {
  char *figure = json_is_number(value) ? text_format("%.3f %s", json_number_value(value), unit)
                                       : memory_string(whole > 0 ? "not modelled" : "-");
  char *share = json_is_number(value) && whole > 0
                    ? text_format("%.1f %%", 100 * json_number_value(value) / whole)
                    : memory_string("");
  grid_put(grid, line, 0, name);
  grid_put(grid, line, 1, figure);
  grid_put(grid, line, 2, share);
  free(figure);
  free(share);
}

/* What the key's help says behind the colon or comma: "phase: from ..." */
static void put_keys(struct grid *grid, const struct schema *schema, const json_t *result,
                     const char *prefix, const char *help, const char *whole) {
  double sum = json_number_value(json_object_get(result, whole));
  size_t length = strlen(prefix);
  for (size_t i = 0; i < schema->result_count; i++) {
    const struct schema_key *key = &schema->result[i];
    if (strncmp(key->name, prefix, length) == 0 && strncmp(key->help, help, strlen(help)) == 0) {
      size_t line = grid->lines;
      waterfall_put_figure(grid, line, key->name, json_object_get(result, key->name), key->unit,
                           sum);
      grid_put(grid, line, 3, key->help + strlen(help));
    }
  }
}

void waterfall_print_cost(const struct schema *schema, const json_t *result, struct text *text) {
  struct grid grid = {.width = 4};
  json_t *radio = json_object_get(json_object_get(result, "radio_ms"), "peer"), *time;
  double whole = 0;
  const char *state;
  put_keys(&grid, schema, result, "time_", "phase: ", "time_ms");
  waterfall_put_figure(&grid, grid.lines, "time_ms", json_object_get(result, "time_ms"), "ms", 0);
  json_object_foreach(radio, state, time) {
    whole += json_number_value(time);
  }
  json_object_foreach(radio, state, time) {
    char *name = text_format("peer's radio: %s", state);
    waterfall_put_figure(&grid, grid.lines, name, time, "ms", whole);
    free(name);
  }
  put_keys(&grid, schema, result, "energy_peer_", "of this, ", "energy_peer_mj");
  waterfall_put_figure(&grid, grid.lines, "energy_peer_mj",
                       json_object_get(result, "energy_peer_mj"), "mJ", 0);
  grid_print(&grid, text);
  grid_deinit(&grid);
}
