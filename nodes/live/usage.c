/* The last words to whoever started the program. */
#include "usage.h"

#include <stdio.h>
#include <stdlib.h>

int usage_end(const char *command, int result, const struct complaint *complaint) {
  if (result == USAGE_HELP)
    return EXIT_SUCCESS;
  if (complaint->of_file)
    fprintf(stderr, "%s\n", complaint->text);
  else if (complaint->text[0] != '\0')
    return usage_refuse(command, complaint->text);
  return EXIT_USAGE;
}

int usage_refuse(const char *command, const char *wrong) {
  fprintf(stderr, "coap-eap-node %s: %s\nTry `coap-eap-node %s --help'.\n", command, wrong,
          command);
  return EXIT_USAGE;
}
