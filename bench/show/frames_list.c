/* Frames, a line each. */
#include "frames_list.h"
#include "support/grid.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER, TIME, FROM, TO, SEQUENCE, OCTETS, TRY, CARRIES, FATE, COLUMNS };

/* Those of a message that is shown, and what carries none, of the peer. */
static bool is_shown(const struct ladder *ladder, const struct frames_entry *entry) {
  if (ladder->peer == LADDER_ALL_PEERS || ladder->peers == 1)
    return true;
  if (entry->datagram != FRAMES_NO_DATAGRAM)
    return ladder_shows(ladder, entry->datagram);
  const char *peer = value_string(
      json_array_get(json_object_get(ladder->result, "peer"), ladder->peer - 1), "name");
  return strcmp(entry->from, peer) == 0 || strcmp(entry->to, peer) == 0;
}

/* "EAP-PSK 1, fragment 2 of 3", "acknowledgement of 12", "data request". */
static void add_carried(const struct frames_entry *entry, struct text *words) {
  if (strcmp(entry->kind, "acknowledgement") == 0)
    text_add(words, "acknowledgement");
  else
    text_add(words, "%s", entry->label[0] == '\0' ? entry->kind : entry->label);
  if (entry->acknowledges > 0)
    text_add(words, " of %lld", entry->acknowledges);
  if (entry->parts > 0)
    text_add(words, ", fragment %zu of %zu", entry->part, entry->parts);
}

/* Nothing where the log has none, or none that says anything. */
static void put_integer(struct grid *grid, size_t line, size_t column, const json_t *value) {
  struct text words = {0};
  if (json_is_integer(value))
    text_add(&words, "%lld", (long long)json_integer_value(value));
  grid_put_text(grid, line, column, &words);
}

static void put_entry(struct grid *grid, const struct ladder *ladder,
                      const struct frames_entry *entry) {
  const size_t line = grid->lines;
  struct text words = {0};
  put_integer(grid, line, NUMBER, json_object_get(entry->line, "number"));
  text_add(&words, "%.3f", entry->t_ms - ladder->begin_ms);
  grid_put_text(grid, line, TIME, &words);
  grid_put(grid, line, FROM, entry->from);
  grid_put(grid, line, TO, entry->to);
  put_integer(grid, line, SEQUENCE, json_object_get(entry->line, "sequence"));
  put_integer(grid, line, OCTETS, json_object_get(entry->line, "bytes"));
  if (entry->tries > 0)
    text_add(&words, "%lld", entry->tries);
  grid_put_text(grid, line, TRY, &words);
  add_carried(entry, &words);
  grid_put_text(grid, line, CARRIES, &words);
  frames_add_fate(&ladder->frames, entry, &words);
  grid_put_text(grid, line, FATE, &words);
}

void frames_list_print(const struct ladder *ladder, struct text *text) {
  static const char *const HEADS[COLUMNS] = {"frame",  "t/ms", "from",    "to",  "seq",
                                             "octets", "try",  "carries", "fate"};
  struct grid grid = {.width = COLUMNS};
  if (!ladder->frames.told) {
    text_add(text, "This simulator does not tell of frames.\n");
    return;
  }
  for (size_t i = 0; i < COLUMNS; i++)
    grid_put(&grid, 0, i, HEADS[i]);
  for (size_t i = 0; i < ladder->frames.count; i++)
    if (is_shown(ladder, &ladder->frames.entry[i]))
      put_entry(&grid, ladder, &ladder->frames.entry[i]);
  grid_print(&grid, text);
  grid_deinit(&grid);
  text_add(text,
           "frame: its number in air.pcap; none: it was given up there; octets: of the PSDU, on "
           "air 6 more.\n");
  text_add(text, "All of the run: ");
  frames_add_summary(&ladder->frames, text);
}
