/* A claim: what an expectation says of cells beside each other, in one line, as
 * `bytes_air[hops=4] <= 4.25 * bytes_air[hops=1]`. command/topics/expect.txt has the grammar
 * (coap-eap-bench help expect). */
#ifndef BENCH_SCENARIO_CLAIM_H
#define BENCH_SCENARIO_CLAIM_H

#include "measure.h"
#include "support/yaml_file.h"

enum { CLAIM_SIDES_MAX = 4, CLAIM_NODES_MAX = 64, CLAIM_DEPTH_MAX = 16 };

enum claim_kind {
  CLAIM_NUMBER,
  CLAIM_MEASURE,
  CLAIM_SUM,
  CLAIM_DIFFERENCE,
  CLAIM_PRODUCT,
  CLAIM_QUOTIENT,
};

enum claim_order {
  CLAIM_BELOW,
  CLAIM_AT_MOST,
  CLAIM_ABOVE,
  CLAIM_AT_LEAST,
  CLAIM_EQUAL,
  CLAIM_ROUNDED,
  CLAIM_ORDERS,
};

enum claim_shown {
  CLAIM_ESTIMATED, /* nothing is asked of intervals */
  CLAIM_SHOWN,
  CLAIM_NOT_SHOWN,
};

/* The unit of a ratio of two figures of one unit. A number alone has NULL: it goes with any. */
#define CLAIM_TIMES "times"

struct claim_node {
  enum claim_kind kind;
  const char *unit;
  double number;      /* of a number */
  double half;        /* of a number: half of its last digit */
  size_t measure;     /* of a measure: which one of the claim's */
  size_t left, right; /* of all others: nodes before this one */
};

struct claim_cell_value {
  char *column;
  json_t *value;
  size_t begin, length; /* where the value stands in the text */
};

struct claim_measure {
  struct measure measure;
  struct claim_cell_value *cell; /* what the brackets name */
  size_t cell_count;
};

struct claim {
  char *text;
  char *why; /* "" without */
  struct claim_node node[CLAIM_NODES_MAX];
  size_t node_count;
  struct claim_measure *measure;
  size_t measure_count;
  size_t side[CLAIM_SIDES_MAX]; /* nodes */
  size_t side_count;
  enum claim_order order[CLAIM_SIDES_MAX - 1]; /* between a side and the next */
  double tolerance[CLAIM_SIDES_MAX - 1];       /* of CLAIM_EQUAL and CLAIM_ROUNDED */
  bool percent;                                /* it has a number in per cent */
  enum claim_shown shown;
};

struct presentation_reader;

/* Reads the text of `node`. -1 with complaints, each at its place in the text; deinit in any case.
 */
int claim_read(struct claim *claim, const struct presentation_reader *reader, yaml_node_t *node);
void claim_deinit(struct claim *claim);

/* Whether what `shown` asks for can be told of this claim. */
bool claim_has_interval(const struct claim *claim);

/* How the sides of a claim are one pair: `own` beside `factor` times `base`, measures of it. */
struct claim_pair {
  size_t own, base;
  double factor;
};

/* False if they are not of one measure. */
bool claim_pair_of(const struct claim *claim, struct claim_pair *pair);

/* Whether these are the same statistic of the same metric. */
bool claim_measures_equal(const struct claim *claim, size_t a, size_t b);

/* The node of a number; NaN of others. */
double claim_number(const struct claim *claim, size_t node);

#endif
