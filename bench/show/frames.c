/* Frames from the lines of a log. */
#include "frames.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What may become of a frame but that it is received: the log's words, and those for people. */
static const struct fate {
  const char *name, *words;
} FATES[] = {
    {"loss", "on the link"},
    {"collision", "collision"},
    {"busy", "receiver at another frame"},
    {"sending", "receiver sending"},
    {"asleep", "receiver asleep"},
    {"abandoned", "abandoned by the receiver"},
    {"unheard", "nobody waited for it"},
    {"queue", "queue full"},
    {"retries", "no acknowledgement"},
    {"access", "channel busy"},
    {"expired", "not fetched in time"},
    {"", "unknown"}, /* of a simulator that knows more */
};
enum { FATE_COUNT = sizeof FATES / sizeof FATES[0] };

/* What is lost or given up. */
enum loss { LOSS_FRAME, LOSS_ACKNOWLEDGEMENT, LOSS_GIVEN_UP, LOSS_COUNT };

static const char *const LOSSES[][2] = {
    [LOSS_FRAME] = {"frame lost", "frames lost"},
    [LOSS_ACKNOWLEDGEMENT] = {"acknowledgement lost", "acknowledgements lost"},
    [LOSS_GIVEN_UP] = {"frame given up", "frames given up"},
};

struct losses {
  size_t count[LOSS_COUNT][FATE_COUNT];
};

struct frames_datagram {
  bool arrived, dropped;
  double arrived_ms;
  struct losses losses;
};

static size_t fate_index(const char *name) {
  size_t i = 0;
  while (i + 1 < FATE_COUNT && strcmp(FATES[i].name, name) != 0)
    i++;
  return i;
}

static bool is_received(const char *fate) {
  return strcmp(fate, "received") == 0;
}

static long long integer_or(const json_t *line, const char *name, long long absent) {
  const json_t *value = json_object_get(line, name);
  return json_is_integer(value) ? json_integer_value(value) : absent;
}

/* Taking */

static struct frames_datagram *frames_datagram(struct frames *frames, long long number) {
  if (number < 0)
    return NULL;
  const size_t need = (size_t)number + 1;
  if (need > frames->datagram_count) {
    frames->datagram = memory_resize(frames->datagram, need, sizeof *frames->datagram);
    memset(frames->datagram + frames->datagram_count, 0,
           (need - frames->datagram_count) * sizeof *frames->datagram);
    frames->datagram_count = need;
  }
  return &frames->datagram[number];
}

static enum loss loss_of(const struct frames_entry *entry) {
  const bool acknowledges = strcmp(entry->kind, "acknowledgement") == 0;
  return entry->number == 0 ? LOSS_GIVEN_UP : acknowledges ? LOSS_ACKNOWLEDGEMENT : LOSS_FRAME;
}

static void frames_add(struct frames *frames, json_t *line, bool given_up) {
  frames->entry = memory_resize(frames->entry, frames->count + 1, sizeof *frames->entry);
  struct frames_entry *entry = &frames->entry[frames->count++];
  *entry = (struct frames_entry){
      .t_ms = json_number_value(json_object_get(line, "t_ms")),
      .number = given_up ? 0 : integer_or(line, "number", 0),
      .datagram = integer_or(line, "datagram", FRAMES_NO_DATAGRAM),
      .offset = integer_or(line, "offset", -1),
      .tries = integer_or(line, given_up ? "tries" : "try", 0),
      .acknowledges = integer_or(line, "acknowledges", 0),
      .from = value_string(line, "from"),
      .to = value_string(line, "to"),
      .label = value_string(line, "label"),
      .kind = value_string(line, "kind"),
      .fate = value_string(line, given_up ? "cause" : "fate"),
      .line = json_incref(line),
  };
  struct frames_datagram *datagram = frames_datagram(frames, entry->datagram);
  if (datagram != NULL && !is_received(entry->fate))
    datagram->losses.count[loss_of(entry)][fate_index(entry->fate)]++;
}

static void frames_add_arrival(struct frames *frames, const json_t *line, bool dropped) {
  struct frames_datagram *datagram =
      frames_datagram(frames, integer_or(line, "datagram", FRAMES_NO_DATAGRAM));
  if (datagram == NULL)
    return;
  *(dropped ? &datagram->dropped : &datagram->arrived) = true;
  if (!dropped)
    datagram->arrived_ms = json_number_value(json_object_get(line, "t_ms"));
}

bool frames_take(struct frames *frames, json_t *line) {
  const char *what = value_string(line, "what");
  if (strcmp(what, "frame") == 0)
    frames_add(frames, line, false);
  else if (strcmp(what, "given up") == 0)
    frames_add(frames, line, true);
  else if (strcmp(what, "arrival") == 0)
    frames_add_arrival(frames, line, false);
  else if (strcmp(what, "dropped") == 0)
    frames_add_arrival(frames, line, true);
  else
    return false;
  frames->told = true;
  return true;
}

/* Order */

/* What is given up comes behind what was sent at the same time. */
static int compare_times(const void *left, const void *right) {
  const struct frames_entry *a = left, *b = right;
  if (a->t_ms != b->t_ms)
    return a->t_ms < b->t_ms ? -1 : 1;
  if ((a->number == 0) != (b->number == 0))
    return a->number == 0 ? 1 : -1;
  return (a->number > b->number) - (a->number < b->number);
}

static int compare_packets(const struct frames_entry *a, const struct frames_entry *b) {
  return a->datagram != b->datagram ? (a->datagram > b->datagram) - (a->datagram < b->datagram)
                                    : strcmp(a->from, b->from);
}

static int compare_fragments(const void *left, const void *right) {
  const struct frames_entry *a = *(struct frames_entry *const *)left,
                            *b = *(struct frames_entry *const *)right;
  const int packets = compare_packets(a, b);
  return packets != 0 ? packets : (a->offset > b->offset) - (a->offset < b->offset);
}

/* Numbers those of one packet, of one node: each offset is a part. */
static void number_parts(struct frames_entry *const *fragment, size_t count) {
  size_t parts = 0;
  for (size_t i = 0; i < count; i++) {
    parts += i == 0 || fragment[i]->offset > fragment[i - 1]->offset;
    fragment[i]->part = parts;
  }
  for (size_t i = 0; i < count; i++)
    fragment[i]->parts = parts;
}

static void frames_number_fragments(struct frames *frames) {
  struct frames_entry **fragment = memory_get(frames->count + 1, sizeof(struct frames_entry *));
  size_t count = 0, end;
  for (size_t i = 0; i < frames->count; i++)
    if (frames->entry[i].offset >= 0)
      fragment[count++] = &frames->entry[i];
  if (count > 0)
    qsort(fragment, count, sizeof(struct frames_entry *), compare_fragments);
  for (size_t i = 0; i < count; i = end) {
    for (end = i + 1; end < count && compare_packets(fragment[i], fragment[end]) == 0;)
      end++;
    number_parts(fragment + i, end - i);
  }
  free(fragment);
}

/* Whether a number of the log is that of a frame. */
static bool is_number(const struct frames *frames, long long number) {
  return number > 0 && (size_t)number <= frames->count;
}

void frames_settle(struct frames *frames) {
  if (frames->count > 0)
    qsort(frames->entry, frames->count, sizeof *frames->entry, compare_times);
  frames_number_fragments(frames);
  frames->acknowledged = memory_get(frames->count + 1, sizeof(const char *));
  for (size_t i = 0; i < frames->count; i++)
    if (is_number(frames, frames->entry[i].acknowledges))
      frames->acknowledged[frames->entry[i].acknowledges] = frames->entry[i].fate;
}

void frames_deinit(struct frames *frames) {
  for (size_t i = 0; i < frames->count; i++)
    json_decref(frames->entry[i].line);
  free(frames->entry);
  free(frames->acknowledged);
  free(frames->datagram);
  *frames = (struct frames){0};
}

/* Words */

static const char *fate_words(const char *fate) {
  return FATES[fate_index(fate)].words;
}

void frames_add_fate(const struct frames *frames, const struct frames_entry *entry,
                     struct text *words) {
  const char *acknowledged =
      is_number(frames, entry->number) ? frames->acknowledged[entry->number] : NULL;
  if (entry->number == 0)
    text_add(words, "given up (%s)", fate_words(entry->fate));
  else if (!is_received(entry->fate))
    text_add(words, "lost (%s)", fate_words(entry->fate));
  else if (acknowledged == NULL || is_received(acknowledged))
    text_add(words, "received");
  else
    text_add(words, "received, its acknowledgement lost (%s)", fate_words(acknowledged));
}

/* "2 frames lost (on the link 1, collision 1)"; of one cause without its number. */
static void add_loss(const size_t *count, enum loss loss, struct text *words) {
  struct text causes = {0};
  size_t sum = 0;
  for (size_t i = 0; i < FATE_COUNT; i++)
    sum += count[i];
  for (size_t i = 0; i < FATE_COUNT; i++) {
    if (count[i] > 0)
      text_add(&causes, "%s%s", causes.length == 0 ? "" : ", ", FATES[i].words);
    if (count[i] > 0 && count[i] < sum)
      text_add(&causes, " %zu", count[i]);
  }
  if (sum > 0)
    text_add(words, "%s%zu %s (%s)", words->length == 0 ? "" : "; ", sum, LOSSES[loss][sum > 1],
             text_string(&causes));
  text_deinit(&causes);
}

static void add_losses(const struct losses *losses, struct text *words) {
  for (enum loss loss = 0; loss < LOSS_COUNT; loss++)
    add_loss(losses->count[loss], loss, words);
}

void frames_add_losses(const struct frames *frames, long long datagram, struct text *words) {
  if (datagram >= 0 && (size_t)datagram < frames->datagram_count)
    add_losses(&frames->datagram[datagram].losses, words);
}

bool frames_found_no_room(const struct frames *frames, long long datagram) {
  return datagram >= 0 && (size_t)datagram < frames->datagram_count &&
         frames->datagram[datagram].dropped;
}

bool frames_arrived(const struct frames *frames, long long datagram) {
  if (!frames->told || datagram < 0)
    return true;
  return (size_t)datagram < frames->datagram_count && frames->datagram[datagram].arrived &&
         !frames->datagram[datagram].dropped;
}

double frames_arrival_ms(const struct frames *frames, long long datagram) {
  return frames->told && datagram >= 0 && frames_arrived(frames, datagram)
             ? frames->datagram[datagram].arrived_ms
             : NAN;
}

const char *frames_last_receiver(const struct frames *frames, long long datagram) {
  for (size_t i = frames->count; i-- > 0;) {
    const struct frames_entry *entry = &frames->entry[i];
    if (entry->datagram == datagram && loss_of(entry) == LOSS_FRAME && is_received(entry->fate))
      return entry->to;
  }
  return NULL;
}

void frames_add_summary(const struct frames *frames, struct text *text) {
  struct losses losses = {0};
  struct text words = {0};
  size_t sent = 0, received = 0;
  for (size_t i = 0; i < frames->count; i++) {
    const struct frames_entry *entry = &frames->entry[i];
    sent += entry->number > 0;
    received += is_received(entry->fate);
    if (!is_received(entry->fate))
      losses.count[loss_of(entry)][fate_index(entry->fate)]++;
  }
  add_losses(&losses, &words);
  text_add(text, "%zu frame%s, %zu received%s%s\n", sent, text_plural(sent), received,
           words.length == 0 ? "" : "; ", text_string(&words));
  text_deinit(&words);
}

json_t *frames_json(const struct frames *frames) {
  json_t *lines = json_array();
  for (size_t i = 0; i < frames->count; i++)
    json_array_append(lines, frames->entry[i].line);
  return lines;
}
