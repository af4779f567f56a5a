/* Which runs of a campaign are drawn, and how. */
#include "campaign_ladders.h"
#include "ladder_sheets.h"
#include "logged_run.h"
#include "store/choice.h"
#include "store/dataset_choice.h"
#include "store/drawn.h"
#include "support/layout.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char METRIC[] = "time_ms";
static const double WALL_MOST_MS = 10000; /* a run that takes longer is not made once more */

enum {
  TOGETHER_MOST = 3,  /* so many peers that ask each other are shown together */
  PROBLEM_MOST = 500, /* octets of the words of a problem */
};

static const struct ladder_kind {
  const char *name;
  struct dataset_choice (*choose)(const struct dataset *dataset, size_t metric);
  const char *title;
} KINDS[] = {
    {"median", dataset_choose_median, "A run in the middle: of the first cell, by time"},
    {"slowest", dataset_choose_slowest, "The slowest run of all cells"},
    {"failed", dataset_choose_failed, "The first run that failed"},
};

/* What is drawn. */
struct campaign_ladders {
  const struct dataset *dataset;
  struct store *store;
  const char *simulator;
  const char *folder;
  struct drawn before, now;
};

static bool peer_failed(const json_t *peer) {
  return strcmp(value_string(peer, "outcome"), "established") != 0;
}

/* The peer for which a run took so long or failed. */
static size_t slowest_peer(const json_t *result) {
  const json_t *peers = json_object_get(result, "peer");
  size_t slowest = 0;
  double most = -1;
  for (size_t i = 0; i < json_array_size(peers); i++) {
    const json_t *peer = json_array_get(peers, i);
    const double time = json_number_value(json_object_get(peer, METRIC));
    if (peer_failed(peer))
      return i + 1;
    if (time > most) {
      slowest = i;
      most = time;
    }
  }
  return slowest + 1;
}

static bool shows_together(const json_t *result) {
  return json_is_object(json_object_get(result, "parties")) &&
         json_array_size(json_object_get(result, "peer")) <= TOGETHER_MOST;
}

/* Draws the messages of one peer, or all. -1 with a sentence. */
static int draw_peer(const struct logged_run *run, struct drawn_ladder *ladder,
                     struct ladder_sheets *sheets, struct text *problem) {
  struct ladder drawing;
  if (ladder_init(&drawing, run->result, run->log, ladder->peer, problem) < 0)
    return -1;
  const bool fits = ladder_sheets_draw(sheets, &drawing);
  if (!fits)
    text_add(problem, "more nodes take part than a page is wide for: %zu", drawing.node_count);
  ladder_deinit(&drawing);
  return fits ? 0 : -1;
}

static int draw_sheets(const struct logged_run *run, struct drawn_ladder *ladder,
                       struct ladder_sheets *sheets, struct text *problem) {
  struct text none = {0};
  ladder->peer = LADDER_ALL_PEERS;
  int status = shows_together(run->result) ? draw_peer(run, ladder, sheets, &none) : -1;
  text_deinit(&none);
  if (status == 0)
    return 0;
  ladder->peer = slowest_peer(run->result);
  return draw_peer(run, ladder, sheets, problem);
}

static int write_sheets(const struct campaign_ladders *all, struct drawn_ladder *ladder,
                        const struct ladder_sheets *sheets, struct text *error) {
  int status = 0;
  for (size_t i = 0; i < LADDER_SHEETS_MAX && status == 0; i++) {
    char *path = drawn_sheet_path(ladder, all->folder, i + 1);
    if (i < sheets->count)
      status = text_file_write(path, &sheets->sheet[i], error);
    else
      unlink(path); /* of an earlier drawing */
    free(path);
  }
  ladder->sheets = sheets->count;
  ladder->wide = sheets->wide;
  ladder->left_out = sheets->left_out;
  return status;
}

/* A run that is to be drawn, and as it is stored. */
struct chosen {
  struct dataset_choice run;
  struct choice stored;
};

/* A sentence for those that cannot be made again in no time. */
static bool takes_long(const struct choice *choice, struct text *problem) {
  json_t *result = json_loads(choice->result, 0, NULL);
  const double wall_ms = json_number_value(json_object_get(result, "wall_ms"));
  json_decref(result);
  if (wall_ms > WALL_MOST_MS)
    text_add(problem, "it takes %.0f s to compute", wall_ms / 1000);
  return wall_ms > WALL_MOST_MS;
}

/* One line, which may quote what is no text, or has no end. */
static char *problem_words(struct text *problem) {
  struct text words = {0};
  if (problem->length > PROBLEM_MOST)
    problem->data[problem->length = PROBLEM_MOST] = '\0';
  while (problem->length > 0 && problem->data[problem->length - 1] == '\n')
    problem->data[--problem->length] = '\0';
  layout_add_line(&words, text_string(problem));
  text_deinit(problem);
  return words.data == NULL ? memory_string("") : words.data;
}

static int ladder_make(struct campaign_ladders *all, const struct ladder_kind *kind,
                       const struct chosen *chosen, struct text *error) {
  struct drawn_ladder ladder = {.name = memory_string(kind->name),
                                .title = memory_string(kind->title),
                                .key = memory_string(chosen->stored.key),
                                .spec = memory_string(chosen->stored.spec),
                                .cell = (long long)chosen->run.cell,
                                .seed = chosen->run.run->seed};
  struct logged_run run = {0};
  struct ladder_sheets sheets = {0};
  struct text problem = {0};
  if (!takes_long(&chosen->stored, &problem) &&
      logged_run_make(&run, all->simulator, chosen->stored.spec, true, &problem) == 0) {
    ladder.peers = json_array_size(json_object_get(run.result, "peer"));
    draw_sheets(&run, &ladder, &sheets, &problem);
  }
  const int status = write_sheets(all, &ladder, &sheets, error);
  ladder.problem = problem_words(&problem);
  drawn_add(&all->now, &ladder);
  ladder_sheets_deinit(&sheets);
  logged_run_deinit(&run);
  return process_interrupted() ? -1 : status;
}

/* Whether the run is drawn, and its sheets are there. */
static bool is_drawn(const struct campaign_ladders *all, const struct drawn_ladder *ladder,
                     const char *key) {
  bool there = ladder != NULL && strcmp(ladder->key, key) == 0 && ladder->sheets > 0;
  for (size_t i = 0; there && i < ladder->sheets; i++) {
    char *path = drawn_sheet_path(ladder, all->folder, i + 1);
    there = access(path, R_OK) == 0;
    free(path);
  }
  return there;
}

/* Takes a ladder over from those of before; its cell may have another number now. */
static void ladder_keep(struct campaign_ladders *all, const struct drawn_ladder *before,
                        const struct chosen *chosen) {
  struct drawn_ladder ladder = *before;
  ladder.name = memory_string(before->name);
  ladder.title = memory_string(before->title);
  ladder.key = memory_string(before->key);
  ladder.spec = memory_string(chosen->stored.spec);
  ladder.problem = memory_string(before->problem);
  ladder.cell = (long long)chosen->run.cell;
  ladder.seed = chosen->run.run->seed;
  drawn_add(&all->now, &ladder);
}

/* Whether another ladder is that of the same run. */
static bool is_another(const struct campaign_ladders *all, const char *key) {
  for (size_t i = 0; i < all->now.count; i++)
    if (strcmp(all->now.ladder[i].key, key) == 0)
      return true;
  return false;
}

static int ladder_settle(struct campaign_ladders *all, const struct ladder_kind *kind,
                         struct text *error) {
  const size_t metric = dataset_metric(all->dataset, METRIC);
  const struct drawn_ladder *before = drawn_find(&all->before, kind->name);
  struct chosen chosen = {0};
  if (metric < all->dataset->metric_count)
    chosen.run = kind->choose(all->dataset, metric);
  if (chosen.run.run == NULL || is_another(all, chosen.run.run->key))
    return 0;
  int status = choice_of_key(all->store, chosen.run.run->key, &chosen.stored, error);
  if (status <= 0)
    return status;
  if (is_drawn(all, before, chosen.stored.key))
    ladder_keep(all, before, &chosen);
  else
    status = ladder_make(all, kind, &chosen, error);
  choice_deinit(&chosen.stored);
  return status < 0 ? -1 : 0;
}

int campaign_ladders_draw(const struct dataset *dataset, struct store *store, const char *simulator,
                          const char *folder, struct text *error) {
  struct campaign_ladders all = {
      .dataset = dataset, .store = store, .simulator = simulator, .folder = folder};
  char *ladders = text_format("%s/ladders", folder);
  int status = text_directory_make(ladders, error);
  drawn_read(&all.before, folder);
  for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0] && status == 0; i++)
    status = ladder_settle(&all, &KINDS[i], error);
  if (status == 0)
    status = drawn_write(&all.now, folder, error);
  drawn_deinit(&all.before);
  drawn_deinit(&all.now);
  free(ladders);
  return status;
}
