/* The topics of help, whose texts are taken in as they lie in topics/. */
#include "topic.h"
#include "file_text.h"
#include "topic_asked.h"

#include <string.h>

#define TOPIC(id, name, about) FILE_TEXT(topic_text_##id, "topics/" name ".txt");
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
