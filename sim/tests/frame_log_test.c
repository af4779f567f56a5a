/* The frames of --log are those of air.pcap; what became of them is what the result counts; and the
 * result is the same without a log. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

enum { PCAP_HEADER = 24, PCAP_RECORD = 16, PCAP_LENGTH_AT = 8 };

static const char *const CHANNELS[] = {"ns3", "addressed"};

static const struct frame_case {
  const char *keys;  /* of the spec */
  const char *fates; /* that frames of it have, among others */
} CASES[] = {
    {"\"hops\": 2", "received"},
    {"\"hops\": 2, \"frame_loss\": 0.2, \"seed\": 7", "received loss retries"},
    {"\"frame_loss\": 0.6, \"mac_max_retries\": 0, \"time_limit_s\": 60, \"seed\": 4",
     "loss retries"},
    {"\"topology\": \"star\", \"peers\": 40, \"capture\": \"none\", \"seed\": 3",
     "received busy collision sending retries access"},
    {"\"topology\": \"tree\", \"fan_out\": 3, \"hops\": 3, \"peers\": 25, \"frame_loss\": 0.1, "
     "\"mac_queue_frames\": 3, \"method\": \"eap-edhoc\", \"credential\": \"x5chain\"",
     "received loss busy collision sending retries access queue"},
    {"\"topology\": \"disc\", \"peers\": 20, \"frame_loss\": 0.2, \"capture\": \"sinr\", "
     "\"mac_max_retries\": 1, \"forwarding\": \"joined\"",
     "received loss busy retries"},
    {"\"radio_policy\": \"polling\", \"frame_loss\": 0.3, \"app_messages\": 3, \"seed\": 4",
     "received loss"},
};

/* Of one run: its frames in their order, and what was counted of them. */
struct frame_run {
  json_t *frames; /* by number, from 1 on; at 0 nothing */
  long long retries, given_up[4], messages, arrivals;
  bool seen[16]; /* by word */
};

static const char *const CAUSES[] = {"queue", "retries", "access", "expired"};
static const char *const WORDS[] = {"received", "loss",    "collision", "busy",
                                    "sending",  "asleep",  "queue",     "retries",
                                    "access",   "expired", "abandoned"};
enum { WORD_COUNT = sizeof WORDS / sizeof WORDS[0] };

static void note_word(struct frame_run *run, const char *word) {
  size_t i = 0;
  while (i < WORD_COUNT && strcmp(WORDS[i], word) != 0)
    i++;
  assert_true(i < WORD_COUNT);
  run->seen[i] = true;
}

static void take_frame(struct frame_run *run, json_t *line) {
  const size_t number = (size_t)shell_count(line, "number");
  while (json_array_size(run->frames) <= number)
    json_array_append_new(run->frames, json_null());
  assert_true(json_is_null(json_array_get(run->frames, number)));
  json_array_set(run->frames, number, line);
  note_word(run, shell_text(line, "fate"));
  run->retries +=
      strcmp(shell_text(line, "kind"), "acknowledgement") != 0 && shell_count(line, "try") > 1;
}

static void take_given_up(struct frame_run *run, const json_t *line) {
  const char *cause = shell_text(line, "cause");
  note_word(run, cause);
  for (size_t i = 0; i < 4; i++)
    run->given_up[i] += strcmp(CAUSES[i], cause) == 0;
}

static struct frame_run read_log(const char *path) {
  struct frame_run run = {.frames = json_array()};
  FILE *file = fopen(path, "r");
  char *text = NULL;
  size_t capacity = 0;
  assert_non_null(file);
  while (getline(&text, &capacity, file) > 0) {
    json_t *line = shell_json(text);
    const char *what = shell_text(line, "what");
    if (strcmp(what, "frame") == 0)
      take_frame(&run, line);
    else if (strcmp(what, "given up") == 0)
      take_given_up(&run, line);
    run.messages += strcmp(what, "message") == 0;
    run.arrivals += strcmp(what, "arrival") == 0;
    json_decref(line);
  }
  free(text);
  fclose(file);
  return run;
}

/* Number by number, as long as in the capture. */
static void compare_with_capture(const struct frame_run *run, const char *path) {
  FILE *file = fopen(path, "r");
  uint8_t record[PCAP_RECORD];
  size_t number = 1;
  assert_non_null(file);
  assert_int_equal(fseek(file, PCAP_HEADER, SEEK_SET), 0);
  for (; fread(record, sizeof record, 1, file) == 1; number++) {
    uint32_t length;
    memcpy(&length, record + PCAP_LENGTH_AT, sizeof length);
    assert_int_equal(shell_count(json_array_get(run->frames, number), "bytes"), length);
    uint8_t psdu[256];
    assert_int_equal(fread(psdu, 1, length, file), length);
    assert_int_equal(shell_count(json_array_get(run->frames, number), "sequence"), psdu[2]);
  }
  assert_int_equal(number, json_array_size(run->frames));
  fclose(file);
}

/* An acknowledgement is of a frame that came to its sender, and all that came are acknowledged. */
static void compare_acknowledgements(const struct frame_run *run) {
  size_t i, received = 0, acknowledgements = 0;
  json_t *line;
  json_array_foreach(run->frames, i, line) {
    if (i == 0)
      continue;
    if (strcmp(shell_text(line, "kind"), "acknowledgement") != 0) {
      received += strcmp(shell_text(line, "fate"), "received") == 0;
      continue;
    }
    const json_t *of = json_array_get(run->frames, (size_t)shell_count(line, "acknowledges"));
    assert_string_equal(shell_text(of, "fate"), "received");
    assert_string_equal(shell_text(of, "to"), shell_text(line, "from"));
    assert_string_equal(shell_text(of, "from"), shell_text(line, "to"));
    acknowledgements++;
  }
  assert_int_equal(received, acknowledgements);
}

static long long count_frames(const json_t *result) {
  const json_t *messages = json_object_get(result, "messages"), *message;
  long long sum = 0;
  size_t i;
  json_array_foreach((json_t *)messages, i, message) {
    sum += shell_count(message, "frames");
  }
  return sum;
}

static void compare_with_result(const struct frame_run *run, const json_t *result) {
  for (size_t i = 0; i < 4; i++) {
    char key[64];
    snprintf(key, sizeof key, "frames_dropped_%s", CAUSES[i]);
    assert_int_equal(run->given_up[i], shell_count(result, key));
  }
  assert_int_equal(count_frames(result), json_array_size(run->frames) - 1);
  if (shell_count(result, "app_frames") == 0 && shell_count(result, "polls") == 0)
    assert_int_equal(run->retries, shell_count(result, "mac_retries"));
  assert_true(run->arrivals <= run->messages);
}

static void check_words(const struct frame_run *run, const char *words) {
  for (size_t i = 0; i < WORD_COUNT; i++)
    if (strstr(words, WORDS[i]) != NULL)
      assert_true(run->seen[i]);
}

/* But for what may differ. */
static void compare_results(json_t *with, json_t *without) {
  json_object_del(with, "wall_ms");
  json_object_del(without, "wall_ms");
  json_object_del(with, "events"); /* captures make more */
  json_object_del(without, "events");
  assert_true(json_equal(with, without));
}

static void check_case(const struct frame_case *each, const char *channel) {
  char *folder = shell_make_folder(), spec[512], path[256], arguments[512];
  snprintf(spec, sizeof spec, "{%s, \"channel\": \"%s\"}", each->keys, channel);
  snprintf(arguments, sizeof arguments, "--pcap %s --air-only --log %s/log", folder, folder);
  json_t *result = shell_simulate(folder, spec, arguments);
  snprintf(path, sizeof path, "%s/log", folder);
  struct frame_run run = read_log(path);
  snprintf(path, sizeof path, "%s/air.pcap", folder);
  compare_with_capture(&run, path);
  compare_acknowledgements(&run);
  compare_with_result(&run, result);
  check_words(&run, each->fates);
  json_t *without = shell_simulate(folder, spec, "");
  compare_results(result, without);
  json_decref(without);
  json_decref(run.frames);
  json_decref(result);
  shell_remove(folder);
}

static void test_frames(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
    for (size_t j = 0; j < sizeof CHANNELS / sizeof CHANNELS[0]; j++)
      check_case(&CASES[i], CHANNELS[j]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_frames)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
