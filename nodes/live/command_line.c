/* getopt, with its words in a complaint. */
#include "command_line.h"

#include <string.h>

static int wrong(struct complaint *complaint, const char *option) {
  if (strncmp(option, "--", 2) != 0)
    complaint_set(complaint, "invalid option -- '%c'", optopt);
  else if (optopt != 0) /* the option is known */
    complaint_set(complaint, "option '%.*s' doesn't allow an argument", (int)strcspn(option, "="),
                  option);
  else
    complaint_set(complaint, "unrecognized option '%.*s'", (int)strcspn(option, "="), option);
  return COMMAND_LINE_WRONG;
}

void command_line_begin(void) {
  optind = 0; /* getopt forgets what it has read */
  opterr = 0;
}

int command_line_next(int argc, char **argv, const struct option *options,
                      struct complaint *complaint) {
  const int option = getopt_long(argc, argv, ":", options, NULL);
  switch (option) {
  case '?':
    return wrong(complaint, argv[optind - 1]);
  case ':':
    complaint_set(complaint, "option '%s' requires an argument", argv[optind - 1]);
    return COMMAND_LINE_WRONG;
  case -1:
    if (optind == argc)
      return COMMAND_LINE_END;
    complaint_set(complaint, COMMAND_LINE_STRAY);
    return COMMAND_LINE_WRONG;
  default:
    return option;
  }
}

int command_line_note(const char **texts, const struct option *options, int place, const char *text,
                      struct complaint *complaint) {
  const char *now = text == NULL ? "" : text, *before = texts[place];
  texts[place] = now;
  if (before == NULL || strcmp(before, now) == 0)
    return 0;
  return complaint_set(complaint, "--%s is given twice", options[place].name);
}
