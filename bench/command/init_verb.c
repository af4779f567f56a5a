/* The verb init. */
#include "init_verb.h"
#include "file_text.h"
#include "support/memory.h"
#include "support/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

FILE_TEXT(init_scenario, "first.yaml");

static const char SUFFIX[] = ".yaml";
enum { SUFFIX_LENGTH = sizeof SUFFIX - 1, NAME_MAX_LENGTH = 200 };

/* Where the scenario goes, and the word by which other verbs find it. */
struct init_place {
  char *path;
  char *word;
};

static bool ends_in_suffix(const char *name) {
  const size_t length = strlen(name);
  return length >= SUFFIX_LENGTH && strcmp(name + length - SUFFIX_LENGTH, SUFFIX) == 0;
}

static struct init_place place_of(const struct bench_options *options, const char *name) {
  const bool is_path = strchr(name, '/') != NULL || ends_in_suffix(name);
  const bool is_usual = strcmp(options->scenarios, "scenarios") == 0;
  struct init_place place;
  if (is_path)
    place.path = text_format("%s%s", name, ends_in_suffix(name) ? "" : SUFFIX);
  else
    place.path = text_format("%s/%s%s", options->scenarios, name, SUFFIX);
  place.word = memory_string(is_path || !is_usual ? place.path : name);
  return place;
}

/* The name becomes that of a folder of results, words of commands, and a line of a comment. */
static int check_name(const char *path, struct text *error) {
  static const char ACCEPTED[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
  const size_t length = strlen(base) - SUFFIX_LENGTH;
  if (length > 0 && length <= NAME_MAX_LENGTH && strchr("._-", *base) == NULL &&
      strspn(base, ACCEPTED) == strlen(base))
    return 0;
  text_add(error,
           "\"%.*s\" is no name for a scenario: that has letters, digits, and behind the first of "
           "them also . _ and -; at most %d\n",
           (int)length, base, NAME_MAX_LENGTH);
  return -1;
}

static int check_folder(const char *path, struct text *error) {
  struct stat status;
  char *folder = text_directory_of(path);
  const bool there = stat(folder, &status) == 0 && S_ISDIR(status.st_mode);
  if (!there)
    text_add(error, "there is no folder %s: make it, or give a path, as ./NAME.yaml\n", folder);
  free(folder);
  return there ? 0 : -1;
}

static void content_add(struct text *content, const char *word) {
  struct text quoted = {0};
  text_add_shell_word(&quoted, word);
  text_add(content,
           "# A scenario to begin with:\n#\n#   coap-eap-bench plan %s      what would be run\n"
           "#   coap-eap-bench run %s       runs it, and writes the report\n#\n%s",
           text_string(&quoted), text_string(&quoted), init_scenario);
  text_deinit(&quoted);
}

/* Writes a file beside it, whole, which then gets the name unless that is taken. */
static int write_new(const char *path, const struct text *content, struct text *error) {
  char *part = text_format("%s.%ld.part", path, (long)getpid());
  int status = text_file_write(part, content, error);
  if (status == 0 && link(part, path) < 0) {
    status = -1;
    if (errno == EEXIST)
      text_add(error, "%s is there already, and stays as it is\n", path);
    else
      text_add(error, "%s: cannot be written: %s\n", path, strerror(errno));
  }
  unlink(part);
  free(part);
  return status;
}

static void tell_next(const struct init_place *place) {
  struct text quoted = {0};
  text_add_shell_word(&quoted, place->word);
  const char *word = text_string(&quoted);
  text_printf(stdout,
              "%s is written. Read it and change it; then\n"
              "  %s plan %s    # what would be run, and what is wrong with it\n"
              "  %s run %s     # some seconds; tables, figures and report.html\n"
              "  %s help scenario    # all that can be written\n",
              place->path, program_invocation_name, word, program_invocation_name, word,
              program_invocation_name);
  text_deinit(&quoted);
}

enum bench_exit init_verb(const struct bench_options *options, char *const words[], int count) {
  struct text error = {0}, content = {0};
  enum bench_exit status = BENCH_BAD_USAGE;
  if (count != 1) {
    text_add(&error, "init takes one name of a scenario, as `init first`\n");
  } else {
    struct init_place place = place_of(options, words[0]);
    if (check_name(place.path, &error) == 0 && check_folder(place.path, &error) == 0) {
      content_add(&content, place.word);
      status = write_new(place.path, &content, &error) == 0 ? BENCH_GOOD : BENCH_FAILED;
    }
    if (status == BENCH_GOOD)
      tell_next(&place);
    free(place.path);
    free(place.word);
  }
  text_print(text_string(&error), stderr);
  text_deinit(&content);
  text_deinit(&error);
  return status;
}
