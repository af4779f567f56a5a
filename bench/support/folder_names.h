/* The names of what a folder holds. */
#ifndef BENCH_SUPPORT_FOLDER_NAMES_H
#define BENCH_SUPPORT_FOLDER_NAMES_H

#include <stddef.h>

struct folder_names {
  char **name;
  size_t count;
};

/* What stands before `behind` in the paths of `folder`, sorted: in `scenarios` before ".yaml", in
 * `results` before "/campaign.db". None where there is no such folder. Deinit. */
void folder_names_find(struct folder_names *names, const char *folder, const char *behind);
void folder_names_deinit(struct folder_names *names);

/* The nearest of them (nearest.h) to `word`, to be freed, or NULL. */
char *folder_names_nearest(const char *word, const char *folder, const char *behind);

/* A path as a pattern of glob that fits nothing else, to be freed. */
char *folder_names_escape(const char *path);

#endif
