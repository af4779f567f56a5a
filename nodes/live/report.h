/* What happens, for people on stderr (one line for each event) and, if asked for, for programs on
 * stdout (one JSON object a line); the level is that of both. Lines never make the program wait
 * (log.h): where some were lost, an event "lost" says how many. Of what strangers can cause
 * (strangers.h) an event "more" has the counts, once a second. */
#ifndef NODES_LIVE_REPORT_H
#define NODES_LIVE_REPORT_H

#include "../node.h"

#include <jansson.h>

enum report_level {
  REPORT_QUIET,   /* errors only */
  REPORT_RESULTS, /* and what becomes of the whole */
  REPORT_EVENTS,  /* and beginning, key and end of each authentication */
  REPORT_ALL,     /* and every delivery and datagram */
};

struct report {
  const char *role; /* static text */
  enum report_level level;
  bool json;
  bool show_keys;
  bool phases; /* what an event is for is told, too: of roles for which it is more than one thing */
};

/* An event of a node. Keys are shown only with `show_keys`. */
void report_event(const struct report *report, const struct node_event *event);

/* A datagram that was sent, received or lost (`what`; `label` says what it is, or why). */
void report_datagram(const struct report *report, const char *what, const char *label,
                     const struct node_address *remote, size_t length);

/* A line of the program's own: listening, ended. `remote` may be NULL. */
void report_note(const struct report *report, const struct node_address *remote, const char *event,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A text of another party's, under this name, as `light is now "on"`: for people with what a
 * terminal does not show as `?`; with `remote`, or NULL. */
void report_value(const struct report *report, const struct node_address *remote, const char *event,
                  const char *name, const char *words, const uint8_t *octets, size_t length);

/* What went wrong with the program itself; shown always, on stderr only. */
void report_error(const struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds time, role and event to the object, writes it as a line if JSON of this level is asked for,
 * frees it. */
void report_json(const struct report *report, enum report_level level, const char *event,
                 json_t *object);

/* A line of words for people, as it is; with its line feed. */
void report_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* When report_attend has something to tell, in nanoseconds of the monotonic clock; or NODE_NEVER.
 */
uint64_t report_expiry(void);

/* Tells what has been counted and is due, and writes what readers of the log did not take before.
 */
void report_attend(const struct report *report);

/* Ends the log: tells the rest, and what was lost. Returns the exit status: `status`, or
 * EXIT_FAILURE in the place of EXIT_SUCCESS where JSON was lost, or words for people by an error
 * such as a full disk: not where their reader is slow or gone, or the stream was closed. */
NODE_MUST_CHECK int report_end(const struct report *report, int status);

#endif
