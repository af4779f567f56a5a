/* Cuts lines out of what is read. */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
  LINE_MAX_OCTETS = 65536, /* a longer line is no spec */
  INPUT_READ_SIZE = 65536,
};

void input_init(struct input *input, int file) {
  *input = (struct input){.file = file};
}

void input_deinit(struct input *input) {
  bytes_deinit(&input->pending);
  bytes_deinit(&input->line);
}

static bool input_has_pending(const struct input *input) {
  return input->taken < input->pending.length;
}

bool input_wants(const struct input *input) {
  return !input->ended && !input_has_pending(input);
}

static bool input_has_line(const struct input *input) {
  return input->line.length > 0 || input->line_too_long;
}

bool input_is_done(const struct input *input) {
  return input->ended && !input_has_pending(input) && !input_has_line(input);
}

void input_read(struct input *input) {
  char buffer[INPUT_READ_SIZE];
  const ssize_t count = read(input->file, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN))
    return;
  if (count < 0) {
    fprintf(stderr, "coap-eap-sim: cannot read specs: %s\n", strerror(errno));
    input->failed = true;
  }
  if (count <= 0)
    input->ended = true;
  else
    bytes_append(&input->pending, buffer, (size_t)count);
}

/* With a `refusal`, `text` is not looked at. */
static void input_add_job(struct input *input, struct job_queue *queue, const char *text,
                          const char *refusal) {
  struct job *job = job_queue_add(queue, ++input->number);
  char error[SPEC_ERROR_MAX];
  if (spec_parse(refusal == NULL ? text : "", &job->spec, error))
    return;
  job_finish_without_run(job, "invalid", refusal == NULL ? error : refusal);
  input->invalid = true;
}

static void input_end_line(struct input *input, struct job_queue *queue) {
  const size_t length = input->line.length;
  bytes_append(&input->line, "", 1);
  const char *text = input->line.data;
  if (input->line_too_long)
    input_add_job(input, queue, NULL, "the line is longer than 65536 octets");
  else if (memchr(text, '\0', length) != NULL)
    input_add_job(input, queue, NULL, "a NUL octet in the line");
  else if (text[strspn(text, " \t\r")] != '\0')
    input_add_job(input, queue, text, NULL);
  input->line.length = 0;
  input->line_too_long = false;
}

/* The next line, or what is there of it. */
static void input_take_part(struct input *input, struct job_queue *queue) {
  const char *data = input->pending.data + input->taken;
  const size_t length = input->pending.length - input->taken;
  const char *end = memchr(data, '\n', length);
  const size_t part = end == NULL ? length : (size_t)(end - data);
  if (input->line.length + part > LINE_MAX_OCTETS)
    input->line_too_long = true;
  else
    bytes_append(&input->line, data, part);
  input->taken += part + (end != NULL);
  if (end != NULL)
    input_end_line(input, queue);
}

void input_take(struct input *input, struct job_queue *queue) {
  while (input_has_pending(input) && !job_queue_is_full(queue))
    input_take_part(input, queue);
  if (!input_has_pending(input))
    input->pending.length = input->taken = 0;
  if (input->ended && !input_has_pending(input) && input_has_line(input) &&
      !job_queue_is_full(queue))
    input_end_line(input, queue); /* the last line needs no end */
}
