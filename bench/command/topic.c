/* The topics of help, whose texts are taken in as they lie in topics/. */
#include "topic.h"
#include "topic_asked.h"

#include <string.h>

#define TOPIC(id, name, about)                                                                     \
  __asm__(".pushsection .rodata\n"                                                                 \
          "topic_text_" #id ":\n"                                                                  \
          ".incbin \"" TOPIC_FOLDER "/" name ".txt\"\n"                                            \
          ".byte 0\n"                                                                              \
          ".popsection");                                                                          \
  extern const char topic_text_##id[];
#define ASKED_TOPIC(id, name, about, add)
#include "topics.def"
#undef TOPIC
#undef ASKED_TOPIC

const struct topic TOPICS[] = {
#define TOPIC(id, name, about) {name, about, topic_text_##id, NULL},
#define ASKED_TOPIC(id, name, about, add) {name, about, NULL, add},
#include "topics.def"
#undef TOPIC
#undef ASKED_TOPIC
};
const size_t TOPIC_COUNT = sizeof TOPICS / sizeof TOPICS[0];

const struct topic *topic_find(const char *name) {
  for (size_t i = 0; i < TOPIC_COUNT; i++)
    if (strcmp(TOPICS[i].name, name) == 0)
      return &TOPICS[i];
  return NULL;
}
