/* The verb merge. */
#include "campaign.h"
#include "store/merge.h"
#include "support/memory.h"
#include "support/process.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char STORE_NAME[] = "campaign.db", STORE_END[] = ".db", SHARDS[] = "shards";

/* The paths of stores. */
struct paths {
  char **item;
  size_t count;
};

static void paths_add(struct paths *paths, char *path) {
  paths->item = memory_resize(paths->item, paths->count + 1, sizeof *paths->item);
  paths->item[paths->count++] = path;
}

static void paths_deinit(struct paths *paths) {
  for (size_t i = 0; i < paths->count; i++)
    free(paths->item[i]);
  free(paths->item);
}

static int is_store_name(const struct dirent *entry) {
  const size_t length = strlen(entry->d_name), end = strlen(STORE_END);
  return length > end && strcmp(entry->d_name + length - end, STORE_END) == 0;
}

/* The store of a campaign's folder, or all that a folder holds. */
static int folder_add(struct paths *paths, const char *folder, struct text *error) {
  char *store = text_format("%s/%s", folder, STORE_NAME);
  if (access(store, F_OK) == 0) {
    paths_add(paths, store);
    return 0;
  }
  free(store);
  struct dirent **entry;
  const int count = scandir(folder, &entry, is_store_name, versionsort);
  if (count < 0)
    text_add(error, "%s: %s\n", folder, strerror(errno));
  else if (count == 0)
    text_add(error, "%s: there is no store in it (%s, or files that end in %s)\n", folder,
             STORE_NAME, STORE_END);
  for (int i = 0; i < count; i++) {
    paths_add(paths, text_format("%s/%s", folder, entry[i]->d_name));
    free(entry[i]);
  }
  if (count >= 0)
    free(entry);
  return count > 0 ? 0 : -1;
}

static int word_add(struct paths *paths, const char *word, struct text *error) {
  struct stat status;
  if (stat(word, &status) == 0 && S_ISDIR(status.st_mode))
    return folder_add(paths, word, error);
  if (access(word, R_OK) != 0) {
    text_add(error, "%s: %s\n", word, strerror(errno));
    return -1;
  }
  paths_add(paths, memory_string(word));
  return 0;
}

/* campaign.db beside the folder `shards` that a store is in, to be freed; NULL with an error. */
static char *beside(const char *path, struct text *error) {
  char *real = realpath(path, NULL), *folder = real == NULL ? NULL : text_directory_of(real);
  const char *name = folder == NULL ? NULL : strrchr(folder, '/');
  char *into = NULL;
  if (name != NULL && strcmp(name + 1, SHARDS) == 0)
    into = text_format("%.*s/%s", (int)(name - folder), folder, STORE_NAME);
  else
    text_add(error, "%s is in no folder `%s`: --into says which store they are joined into\n", path,
             SHARDS);
  free(real);
  free(folder);
  return into;
}

static enum bench_exit tell(const char *into, const struct paths *paths,
                            const struct merge_tally *tally) {
  text_printf(stderr, "%s: %zu store%s with %zu run%s, %zu of them new here\n", into, paths->count,
              text_plural(paths->count), tally->runs, text_plural(tally->runs), tally->added);
  if (tally->replaced > 0)
    text_printf(stderr,
                "note: %s: of %zu run%s one store has a damaged record, and another a good one, "
                "which is joined\n",
                into, tally->replaced, text_plural(tally->replaced));
  if (tally->damaged > 0)
    text_printf(stderr,
                "%s: %zu run%s no record that is what was stored, and %s left out; run --retry "
                "damaged makes %s again\n",
                into, tally->damaged, tally->damaged == 1 ? " has" : "s have",
                tally->damaged == 1 ? "is" : "are", tally->damaged == 1 ? "it" : "them");
  if (tally->missing > 0)
    text_printf(stderr, "%s: %zu of %zu planned runs %s missing\n", into, tally->missing,
                tally->planned, tally->missing == 1 ? "is" : "are");
  else
    text_printf(stderr, "%s: all %zu planned runs are there\n", into, tally->planned);
  return tally->missing > 0 || tally->damaged > 0 ? BENCH_FAILED : BENCH_GOOD;
}

static enum bench_exit merge(const struct paths *paths, const char *into, struct text *error) {
  struct merge_tally tally;
  struct text warning = {0};
  enum bench_exit status = BENCH_BAD_USAGE;
  if (merge_check(paths->item, paths->count, &warning, error) == 0) {
    text_print(text_string(&warning), stderr);
    status = merge_stores(into, paths->item, paths->count, &tally, error) < 0
                 ? BENCH_FAILED
                 : tell(into, paths, &tally);
  }
  text_deinit(&warning);
  return process_interrupted() ? BENCH_INTERRUPTED : status;
}

enum bench_exit campaign_merge(const struct bench_options *options, char *const words[],
                               int count) {
  struct paths paths = {0};
  struct text error = {0};
  enum bench_exit status = BENCH_BAD_USAGE;
  char *into = memory_string(options->into);
  if (count == 0)
    text_add(&error, "which stores? coap-eap-bench merge --help says more\n");
  for (int i = 0; i < count; i++)
    word_add(&paths, words[i], &error);
  if (error.length == 0 && into == NULL)
    into = beside(paths.item[0], &error);
  if (error.length == 0)
    status = merge(&paths, into, &error);
  text_print(text_string(&error), stderr);
  text_deinit(&error);
  paths_deinit(&paths);
  free(into);
  return status;
}
