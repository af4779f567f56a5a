/* Data sheets: the figures of a platform, or of an implementation of the cryptographic primitives
 * on a processor (a crypto profile). They come from YAML files (scenarios/platforms/README.md),
 * those in scenarios/ being part of the program, and are inlined in the specification as text:
 *
 *   processor=cortex-m4 supply_v=3 transmit_ma=6.4 ...      of a platform
 *   processor=cortex-m4 aes128_block=635 p256_sign=410us    of a crypto profile: cycles, or time
 *
 * One blank between the figures, which stand in the order of the table; numbers in the fewest
 * digits that give them back. A text that reads is written again in this form. */
#ifndef SIM_SPEC_SHEET_H
#define SIM_SPEC_SHEET_H

#include "spec.h"

enum {
  SHEET_WORD_MAX = 31, /* of the name of a processor or an accelerator */
  SHEET_FIGURES_MAX = 16,
  SHEET_TEXT_MAX = SPEC_FIGURES_MAX + 1,
};

/* Names of what is no figure, and units. */
#define SHEET_PROCESSOR "processor"
#define SHEET_ACCELERATOR "accelerator"
#define SHEET_DESCRIPTION "description"
#define SHEET_ACTIVE "active_ma"
#define SHEET_CYCLES "cycles"
#define SHEET_US "us"

enum sheet_kind { SHEET_PLATFORM, SHEET_CRYPTO, SHEET_KIND_COUNT };

/* A figure that a sheet can have. */
struct sheet_row {
  const char *name;
  const char *unit;
  double least, most;
  bool needed;    /* by every sheet of this kind */
  bool for_radio; /* by those of nodes with a radio */
  int as;         /* the row whose figure stands for it where it is left out; -1: none */
  const char *help;
};

struct sheet {
  enum sheet_kind kind;
  char processor[SHEET_WORD_MAX + 1];
  char accelerator[SHEET_WORD_MAX + 1]; /* "": none */
  double value[SHEET_FIGURES_MAX];      /* by row; NaN: none */
  bool is_us[SHEET_FIGURES_MAX];        /* by row: microseconds in place of cycles */
};

/* What a file says beside the figures, for people; all owned. */
struct sheet_notes {
  char *description;
  char *source[SHEET_FIGURES_MAX]; /* by row; NULL: none */
  char *assumption[SHEET_FIGURES_MAX];
};

/* The table of a kind; `*count` rows. */
const struct sheet_row *sheet_rows(enum sheet_kind kind, size_t *count);

/* Whether it is the cost of a primitive: cycles, or a time in microseconds. */
bool sheet_row_is_cost(const struct sheet_row *row);

/* Whether a platform's sheet has the figures of a node with a radio; it has all of them then. */
bool sheet_has_radio(const struct sheet *sheet);

/* Reads the figures as a specification has them. False with `error`, which says what is wrong, but
 * not in which key. */
bool sheet_parse(struct sheet *sheet, enum sheet_kind kind, const char *text,
                 char error[SPEC_ERROR_MAX]);

void sheet_print(const struct sheet *sheet, char text[SHEET_TEXT_MAX]);

/* Reads a YAML file's `length` octets; `path` is its name in errors, which have line and column.
 * `notes`, unless it is NULL, is what the caller frees by sheet_notes_deinit in each case. */
bool sheet_read_yaml(struct sheet *sheet, enum sheet_kind kind, const char *path, const char *text,
                     size_t length, struct sheet_notes *notes, char error[SPEC_ERROR_MAX]);
void sheet_notes_deinit(struct sheet_notes *notes);

/* Sheets that are part of the program, in the order of their names; NULL behind the last. */
struct sheet_file {
  const char *name;
  const char *path; /* in scenarios/ */
  const unsigned char *text;
  size_t length;
};
const struct sheet_file *sheet_shipped(enum sheet_kind kind, size_t index);

/* A sheet, and its figures as text. */
struct sheet_found {
  struct sheet sheet;
  char text[SHEET_TEXT_MAX];
};

/* The sheet of a name that is shipped, or of the file at a path that ends in SHEET_ENDING; it is
 * kept until the next call. NULL with `error`. */
#define SHEET_ENDING ".yaml"
const struct sheet_found *sheet_find(enum sheet_kind kind, const char *name,
                                     char error[SPEC_ERROR_MAX]);

/* Private to sheet*.c. */

/* No figures. */
void sheet_init(struct sheet *sheet, enum sheet_kind kind);

/* The row of this name; -1: there is none. */
int sheet_row_find(enum sheet_kind kind, const char *name, size_t length);

/* Whether it is the name of a processor or accelerator. */
bool sheet_is_word(const char *text, size_t length);

/* A plain decimal number, all of the text: not negative, finite. */
bool sheet_number(const char *text, size_t length, double *number);

/* Whether a row's figure is in its range; in microseconds, that of a time. */
bool sheet_accepts(const struct sheet_row *row, bool is_us, double value);

/* "a number from 0 to 10000 (mA)" */
void sheet_accepted(const struct sheet_row *row, bool is_us, char *text, size_t capacity);

/* Fills in figures that others stand for; false with `error` if needed ones are missing. */
bool sheet_complete(struct sheet *sheet, char error[SPEC_ERROR_MAX]);

#endif
