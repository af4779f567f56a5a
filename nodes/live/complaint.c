/* Words about what is wrong. */
#include "complaint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int complaint_set(struct complaint *complaint, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(complaint->text, sizeof complaint->text, format, arguments);
  va_end(arguments);
  complaint->of_file = false;
  return -1;
}

int complaint_precede(struct complaint *complaint, const char *format, ...) {
  char text[COMPLAINT_MAX];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  const size_t used = strlen(text);
  snprintf(text + used, sizeof text - used, "%s", complaint->text);
  memcpy(complaint->text, text, sizeof text);
  return -1;
}
