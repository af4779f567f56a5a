/* The words of a claim's text, from left to right, and complaints at their places. */
#ifndef BENCH_SCENARIO_CLAIM_WORDS_H
#define BENCH_SCENARIO_CLAIM_WORDS_H

#include "claim.h"

struct claim_words {
  const struct presentation_reader *reader;
  yaml_node_t *node; /* whose text it is */
  const char *text;
  size_t at;    /* the octet that is next */
  size_t depth; /* of parentheses */
  int status;   /* -1: something was complained about */
  bool stopped; /* nothing more can be read */
};

/* A word with its place; `text` to be freed. */
struct claim_word {
  char *text;
  size_t begin, length;
};

/* Complains of a part of the text, and reads on. */
void claim_words_complain(struct claim_words *words, size_t begin, size_t length,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Complains of what stands at an octet, and stops. */
void claim_words_stop(struct claim_words *words, size_t begin, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A word as a node of its own, for those who read nodes; valid as long as the word. */
yaml_node_t claim_words_node(const struct claim_words *words, const struct claim_word *word);

/* Behind spaces: whether a sign is next; takes it if so; stops with this complaint if not. */
void claim_words_skip_space(struct claim_words *words);
bool claim_words_at(struct claim_words *words, const char *sign);
bool claim_words_take(struct claim_words *words, const char *sign);
void claim_words_need(struct claim_words *words, const char *sign, const char *complaint);
bool claim_words_at_end(struct claim_words *words);
bool claim_words_at_number(struct claim_words *words);

/* Those below stop with a complaint, and return false, where no such thing is. */

/* "19 %" is 0.19; `half` is half of its last digit. */
bool claim_words_number(struct claim_words *words, double *number, double *half, bool *percent);

/* "p95 time_ms"; of a metric alone "mean time_ms". */
bool claim_words_measure(struct claim_words *words, struct claim_word *measure);

/* "hops =", and what stands behind it. */
bool claim_words_column(struct claim_words *words, struct claim_word *column);
bool claim_words_value(struct claim_words *words, struct claim_word *value);

bool claim_words_order(struct claim_words *words, enum claim_order *order);

#endif
