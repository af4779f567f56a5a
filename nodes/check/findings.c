/* The table of findings. */
#include "findings.h"

#include <stdio.h>
#include <string.h>

const struct finding FINDINGS[] = {
    {"mid-random-takes-old-request", MONITOR_MIXED, "ordering=mid-random restart_peer=on",
     "A peer that has lost its memory takes a late request of the authentication before for the "
     "next of the new one: to 6.4.2 (2A) any Message ID that it does not remember is new."},
    {"stale-response-after-restart", MONITOR_STALE, "random=repeated restart_authenticator=on",
     "A restarted authenticator comes again to a Message ID that the peer remembers, and has the "
     "response that was for another request."},
};

const size_t FINDING_COUNT = sizeof FINDINGS / sizeof FINDINGS[0];

/* Whether each of `words` is among those of `text`. */
static bool has_words(const char *text, const char *words) {
  char padded[1024];
  snprintf(padded, sizeof padded, " %s ", text);
  for (const char *word = words; *word != '\0';) {
    const size_t length = strcspn(word, " ");
    char wanted[128];
    snprintf(wanted, sizeof wanted, " %.*s ", (int)length, word);
    if (strstr(padded, wanted) == NULL)
      return false;
    word += length + strspn(word + length, " ");
  }
  return true;
}

const struct finding *finding_of(const struct model *model, enum monitor_violation violation) {
  char text[1000];
  model_format(model, NULL, text, sizeof text);
  for (size_t i = 0; i < FINDING_COUNT; i++)
    if (FINDINGS[i].violation == violation && has_words(text, FINDINGS[i].when))
      return &FINDINGS[i];
  return NULL;
}
