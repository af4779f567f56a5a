/* Files of choices. */
#include "replay.h"

#include "ladder.h"

#include <string.h>

enum { LINE_MAX_LENGTH = 1024 };

static bool read_model(struct model *model, char *words, char *error, size_t capacity) {
  char *rest = NULL;
  for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
    if (!model_set(model, word, error, capacity))
      return false;
  return true;
}

static bool read_shows(struct replay *replay, const char *text) {
  static const char ends[] = "ends ";
  if (strncmp(text, ends, sizeof ends - 1) == 0) {
    snprintf(replay->ends, sizeof replay->ends, "%s", text + sizeof ends - 1);
    return true;
  }
  replay->violation = monitor_violation_find(text);
  return replay->violation != MONITOR_NONE;
}

static const char *after(const char *line, const char *word) {
  const size_t length = strlen(word);
  return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

static bool read_line(struct replay *replay, char *line, char *error, size_t capacity) {
  const char *model = after(line, "model"), *shows = after(line, "shows");
  snprintf(error, capacity, "neither a choice nor \"model\" nor \"shows\"");
  if (line[0] == '\0' || line[0] == '#')
    return true;
  if (model != NULL)
    return read_model(&replay->model, line + (model - line), error, capacity);
  if (shows != NULL) {
    snprintf(error, capacity, "there is no violation of this name");
    return read_shows(replay, shows);
  }
  return replay->count < EXPLORE_DEPTH_MAX && choice_parse(line, &replay->choices[replay->count]) &&
         ++replay->count > 0;
}

bool replay_read(FILE *file, struct replay *replay, char *error, size_t capacity) {
  *replay = (struct replay){.model = *model_default()};
  char line[LINE_MAX_LENGTH];
  for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
    line[strcspn(line, "\r\n")] = '\0';
    char why[256];
    if (!read_line(replay, line, why, sizeof why)) {
      snprintf(error, capacity, "line %u: %s", number, why);
      return false;
    }
  }
  if (replay->violation == MONITOR_NONE && replay->ends[0] == '\0') {
    snprintf(error, capacity, "there is no line \"shows\"");
    return false;
  }
  const char *unsupported = model_unsupported(&replay->model);
  if (unsupported != NULL)
    snprintf(error, capacity, "%s", unsupported);
  return unsupported == NULL;
}

void replay_write(FILE *file, const struct model *model, const struct explore_end *end) {
  char words[LINE_MAX_LENGTH];
  model_format(model, model_default(), words, sizeof words);
  if (words[0] != '\0')
    fprintf(file, "model %s\n", words);
  if (end->violation == MONITOR_NONE)
    fprintf(file, "shows ends %s\n", end->text);
  else
    fprintf(file, "shows %s\n", monitor_violation_name(end->violation));
  for (size_t i = 0; i < end->path.length; i++) {
    char text[CHOICE_TEXT_MAX];
    choice_format(&end->path.choices[i], text);
    fprintf(file, "%s\n", text);
  }
}

bool replay_run(const struct replay *replay, FILE *ladder) {
  struct model model = replay->model;
  model.budget = EXPLORE_DEPTH_MAX; /* what is written may be done */
  bool possible;
  char outcome[sizeof replay->ends];
  const bool complete = replay->violation == MONITOR_NONE;
  const enum monitor_violation violation = ladder_write(
      ladder, &model, replay->choices, replay->count, complete, &possible, outcome, sizeof outcome);
  if (!possible || violation != replay->violation)
    return false;
  return !complete || strcmp(outcome, replay->ends) == 0;
}
