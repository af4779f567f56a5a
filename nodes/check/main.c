/* The program coap-eap-check: explores what a network can do to CoAP-EAP, exhaustively up to a
 * bound, and says where order, keys or progress fail. */
#include "association/association.h"
#include "cast.h"
#include "findings.h"
#include "ladder.h"
#include "replay.h"
#include "suite.h"
#include "common/version.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CLEAN, EXIT_VIOLATED, EXIT_USAGE, EXIT_LOST, WORDS_MAX = 128 };

static const char usage[] =
    "Usage: coap-eap-check [OPTION...] [SCENE...] [KEY=VALUE...]\n"
    "       coap-eap-check --replay FILE...\n"
    "Explores every behaviour of a network between a CoAP-EAP peer and authenticator, up to a\n"
    "bound on its adverse acts, over the protocol code of the simulator and without ns-3.\n"
    "Checks that EAP packets arrive once and in order, that both ends have the same key, that\n"
    "nothing is accepted in clear behind it, that no nonce comes twice, that old requests are\n"
    "discarded silently, and that each authentication ends.\n"
    "\n"
    "  --full         larger bounds (minutes to hours)\n"
    "  --first        stop each exploration at its first violation\n"
    "  --ends         list the ways in which runs end\n"
    "  --save FOLDER  write each violation and each end as a file for --replay\n"
    "  --replay FILE  write the ladder of a file; exit 0 if it shows what it says\n"
    "  --findings     what is known to fail, why, and by whose rule\n"
    "  --help         this text\n"
    "  --version      version, commit, and code of the build\n"
    "\n"
    "Without SCENE and KEY=VALUE all scenes are explored, with each ordering policy and\n"
    "association. KEY=VALUE overrides what a scene has; without SCENE it describes one of its "
    "own.\n"
    "Exit status: 0 clean, or nothing but known findings; 1 a violation; 2 bad usage;\n"
    "3 what was found could not be written.\n"
    "\n";

struct check_arguments {
  bool full, first, ends;
  const char *folder;
  const char *words[WORDS_MAX];
  size_t word_count;
  const struct suite_scene **scenes; /* on the heap */
  size_t scene_count;
  size_t explored;     /* of the scenes */
  const char *refusal; /* of what was not */
  bool lost;           /* a file of --save could not be written */
};

static void write_help(void) {
  fputs(usage, stdout);
  puts("Scenes (\"all\" for all):");
  for (size_t i = 0; i < SUITE_SCENE_COUNT; i++)
    printf("  %-34s %s\n", SUITE_SCENES[i].name, SUITE_SCENES[i].meaning);
  puts("\nKeys:");
  model_describe(stdout);
}

static int refuse(const char *what, const char *why) {
  fprintf(stderr, "coap-eap-check: %s: %s\n", what, why);
  return EXIT_USAGE;
}

static void write_findings(void) {
  for (size_t i = 0; i < FINDING_COUNT; i++)
    printf("%s\n  %s\n  when: %s\n  %s\n\n", FINDINGS[i].name,
           FINDINGS[i].violation == MONITOR_NONE ? "a way to end"
                                                 : monitor_violation_text(FINDINGS[i].violation),
           FINDINGS[i].when, FINDINGS[i].text);
}

/* Files */

static int replay_file(const char *path) {
  struct replay replay;
  char error[256];
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return refuse(path, "cannot be read");
  const bool valid = replay_read(file, &replay, error, sizeof error);
  fclose(file);
  if (!valid)
    return refuse(path, error);
  char words[MODEL_TEXT_MAX];
  model_format(&replay.model, model_default(), words, sizeof words);
  printf("%s\n\n", words);
  const bool shown = replay_run(&replay, stdout);
  printf("\n%s %s\n", shown ? "shown:" : "NOT SHOWN:",
         replay.violation == MONITOR_NONE ? replay.ends : monitor_violation_text(replay.violation));
  return shown ? EXIT_CLEAN : EXIT_VIOLATED;
}

static int replay_files(int count, char **paths) {
  int status = EXIT_CLEAN;
  for (int i = 0; i < count && status == EXIT_CLEAN; i++)
    status = replay_file(paths[i]);
  return count == 0 ? refuse("--replay", "names no file") : status;
}

static void save_failed(struct check_arguments *arguments, const char *path, int error) {
  fprintf(stderr, "coap-eap-check: %s cannot be written: %s\n", path, strerror(error));
  arguments->lost = true;
}

static void save(struct check_arguments *arguments, const char *name, const struct model *model,
                 const struct explore_end *end, const char *what) {
  char path[PATH_MAX];
  const int length = snprintf(path, sizeof path, "%s/%s-%s.txt", arguments->folder, name, what);
  if (length >= (int)sizeof path) {
    save_failed(arguments, path, ENAMETOOLONG);
    return;
  }
  FILE *file = fopen(path, "w");
  if (file == NULL) {
    save_failed(arguments, path, errno);
    return;
  }
  replay_write(file, model, end);
  const bool failed = fflush(file) != 0 || ferror(file) != 0;
  const int error = errno;
  if (fclose(file) == 0 && !failed)
    return;
  (void)unlink(path); /* a part would be taken for the whole */
  save_failed(arguments, path, failed ? error : errno);
}

static void save_all(struct check_arguments *arguments, const char *name, const struct model *model,
                     const struct explore_result *result) {
  for (int i = 0; i < MONITOR_VIOLATIONS; i++)
    if (result->violations[i].states > 0)
      save(arguments, name, model, &result->violations[i],
           monitor_violation_name((enum monitor_violation)i));
  for (size_t i = 0; i < result->end_count; i++) {
    char what[32];
    snprintf(what, sizeof what, "end-%zu", i);
    save(arguments, name, model, &result->ends[i], what);
  }
}

/* Explorations */

static void write_ladder(const struct model *model, const struct explore_end *end) {
  bool possible;
  char outcome[sizeof end->text];
  ladder_write(stdout, model, end->path.choices, end->path.length, false, &possible, outcome,
               sizeof outcome);
  puts("");
}

/* Returns whether there is a violation that is no finding. */
static bool write_result(const struct check_arguments *arguments, const char *name,
                         const struct model *model, const struct explore_result *result) {
  bool violated = false;
  printf("%-48s %9llu %10llu %11llu %5zu %8.2f  ", name, (unsigned long long)result->states,
         (unsigned long long)result->choices, (unsigned long long)result->replayed, result->depth,
         result->seconds);
  for (int i = 0; i < MONITOR_VIOLATIONS; i++) {
    if (result->violations[i].states == 0)
      continue;
    const struct finding *finding = finding_of(model, (enum monitor_violation)i);
    violated = violated || finding == NULL;
    if (finding == NULL)
      printf("VIOLATED: %s  ", monitor_violation_name((enum monitor_violation)i));
    else
      printf("finding: %s  ", finding->name);
  }
  puts(result->violated ? "" : result->bounded ? "clean within its bounds" : "clean");
  for (size_t i = 0; arguments->ends && i < result->end_count; i++)
    printf("  %9llu  %s\n", (unsigned long long)result->ends[i].states, result->ends[i].text);
  for (int i = 0; violated && i < MONITOR_VIOLATIONS; i++)
    if (result->violations[i].states > 0 && finding_of(model, (enum monitor_violation)i) == NULL)
      write_ladder(model, &result->violations[i]);
  fflush(stdout);
  return violated;
}

static bool explore_model(struct check_arguments *arguments, const char *name,
                          const struct model *model) {
  struct explore_result result;
  explore(model, arguments->first, &result);
  const bool violated = write_result(arguments, name, model, &result);
  if (arguments->folder != NULL)
    save_all(arguments, name, model, &result);
  explore_result_deinit(&result);
  return violated;
}

/* Words that were checked when they were read. */
static void set_words(struct model *model, const struct check_arguments *arguments) {
  char error[256];
  for (size_t i = 0; i < arguments->word_count; i++)
    (void)model_set(model, arguments->words[i], error, sizeof error);
}

/* The scene with one ordering policy and one kind of association. */
static void set_scene(struct model *model, const struct check_arguments *arguments,
                      const struct suite_scene *scene, size_t ordering, size_t association) {
  char error[256];
  *model = *model_default();
  (void)suite_set(model, scene->words, error, sizeof error);
  option_set(&model->options, lower_option("ordering"), (double)ordering);
  option_set(&model->options, lower_option("association"), (double)association);
  const char *name = option_texts(lower_option("association"))[association];
  if (association_kind_is_session(association_kind_of(&model->options)))
    (void)suite_set(model, suite_words(scene, name), error, sizeof error);
  if (arguments->full)
    (void)suite_set(model, scene->full_words, error, sizeof error);
  set_words(model, arguments);
}

/* Whether the words leave the option the value that a scene gives it. */
static bool is_kept(const struct model *model, const char *option, size_t value) {
  return (size_t)option_get(&model->options, lower_option(option)) == value;
}

/* The scene with one ordering policy and one kind of association, if the words leave it these; a
 * lower layer that has no ordering policies is explored once. */
static bool explore_cell(struct check_arguments *arguments, const struct suite_scene *scene,
                         size_t ordering, size_t association) {
  const struct option_row *orderings = lower_option("ordering");
  struct model model;
  char name[64];
  set_scene(&model, arguments, scene, ordering, association);
  const bool ordered =
      check_cast_of(&model)->has_ordering && lower_has_option(lower_of(&model.options), orderings);
  if (!is_kept(&model, "association", association) ||
      (ordered ? !is_kept(&model, "ordering", ordering) : ordering > 0))
    return false;
  snprintf(name, sizeof name, "%s%s%s-%s", scene->name, ordered ? "-" : "",
           ordered ? option_texts(orderings)[ordering] : "",
           option_texts(lower_option("association"))[association]);
  const char *unsupported = model_unsupported(&model);
  if (unsupported != NULL) {
    arguments->refusal = unsupported;
    if (association_kind_is_none(association_kind_of(&model.options)))
      return false; /* most lower layers make one: that goes without saying */
    printf("%-48s refused: %s\n", name, unsupported);
    return false;
  }
  arguments->explored++;
  return explore_model(arguments, name, &model);
}

/* Whether the words say which association. */
static bool names_association(const struct check_arguments *arguments) {
  static const char key[] = "association=";
  for (size_t i = 0; i < arguments->word_count; i++)
    if (strncmp(arguments->words[i], key, sizeof key - 1) == 0)
      return true;
  return false;
}

static bool explore_scene(struct check_arguments *arguments, const struct suite_scene *scene) {
  const char *const *orderings = option_texts(lower_option("ordering"));
  const char *const *associations = option_texts(lower_option("association"));
  bool violated = false;
  const char *ikev2 = suite_words(scene, "ikev2");
  printf("\n%s: %s\n  %s; dtls: %s%s%s%s%s\n", scene->name, scene->meaning, scene->words,
         scene->dtls_words,
         ikev2 == scene->dtls_words ? "" : "; ikev2: ", ikev2 == scene->dtls_words ? "" : ikev2,
         arguments->full ? "; full: " : "", arguments->full ? scene->full_words : "");
  const bool named = names_association(arguments);
  for (size_t i = 0; associations[i] != NULL; i++)
    for (size_t j = 0; orderings[j] != NULL; j++)
      if (named || suite_has(scene, associations[i], j))
        violated = explore_cell(arguments, scene, j, i) || violated;
  return violated;
}

static void write_head(void) {
  printf("%-48s %9s %10s %11s %5s %8s  %s\n", "", "states", "choices", "replayed", "depth",
         "seconds", "verdict");
}

/* What the words describe. Returns the exit status, as explore_scenes does. */
static int explore_words(struct check_arguments *arguments) {
  struct model model = *model_default();
  set_words(&model, arguments);
  char name[256];
  model_format(&model, model_default(), name, sizeof name);
  const char *unsupported = model_unsupported(&model);
  if (unsupported != NULL)
    return refuse(name, unsupported);
  write_head();
  puts(name);
  return explore_model(arguments, "", &model) ? EXIT_VIOLATED : EXIT_CLEAN;
}

static int explore_scenes(struct check_arguments *arguments) {
  bool violated = false;
  write_head();
  for (size_t i = 0; i < arguments->scene_count; i++)
    violated = explore_scene(arguments, arguments->scenes[i]) || violated;
  if (arguments->explored == 0)
    return refuse("nothing can be explored", arguments->refusal);
  return violated ? EXIT_VIOLATED : EXIT_CLEAN;
}

/* Arguments */

static void add_scene(struct check_arguments *arguments, const struct suite_scene *scene) {
  const size_t count = arguments->scene_count++;
  arguments->scenes = realloc(arguments->scenes, (count + 1) * sizeof(struct suite_scene *));
  if (arguments->scenes == NULL)
    abort();
  arguments->scenes[count] = scene;
}

static bool take_scene(struct check_arguments *arguments, const char *word) {
  const bool all = strcmp(word, "all") == 0;
  const size_t before = arguments->scene_count;
  for (size_t i = 0; i < SUITE_SCENE_COUNT; i++)
    if (all || strcmp(SUITE_SCENES[i].name, word) == 0)
      add_scene(arguments, &SUITE_SCENES[i]);
  return arguments->scene_count > before;
}

/* Returns the exit status, but for output that is lost. */
static int run_with(struct check_arguments *arguments, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    struct model model = *model_default();
    char error[256];
    if (strcmp(argv[i], "--help") == 0) {
      write_help();
      return EXIT_CLEAN;
    }
    if (strcmp(argv[i], "--version") == 0) {
      puts(version_text("coap-eap-check"));
      return EXIT_CLEAN;
    }
    if (strcmp(argv[i], "--findings") == 0) {
      write_findings();
      return EXIT_CLEAN;
    }
    if (strcmp(argv[i], "--replay") == 0)
      return replay_files(argc - i - 1, argv + i + 1);
    if (strcmp(argv[i], "--full") == 0)
      arguments->full = true;
    else if (strcmp(argv[i], "--first") == 0)
      arguments->first = true;
    else if (strcmp(argv[i], "--ends") == 0)
      arguments->ends = true;
    else if (strcmp(argv[i], "--save") == 0 && i + 1 < argc)
      arguments->folder = argv[++i];
    else if (i >= WORDS_MAX)
      return refuse(argv[i], "too many words");
    else if (strchr(argv[i], '=') == NULL && !take_scene(arguments, argv[i]))
      return refuse(argv[i], "neither an option nor a scene; --help lists them");
    else if (strchr(argv[i], '=') != NULL && !model_set(&model, argv[i], error, sizeof error))
      return refuse(argv[i], error);
    else if (strchr(argv[i], '=') != NULL)
      arguments->words[arguments->word_count++] = argv[i];
  }
  if (arguments->folder != NULL && access(arguments->folder, W_OK | X_OK) != 0)
    return refuse(arguments->folder, strerror(errno));
  if (arguments->scene_count == 0 && arguments->word_count == 0)
    take_scene(arguments, "all");
  const int status =
      arguments->scene_count == 0 ? explore_words(arguments) : explore_scenes(arguments);
  return arguments->lost ? EXIT_LOST : status;
}

static int run(int argc, char **argv) {
  struct check_arguments arguments = {0};
  const int status = run_with(&arguments, argc, argv);
  free(arguments.scenes);
  return status;
}

/* A pipe whose reader went away: nobody is left to be told. */
static bool is_abandoned(int file) {
  struct pollfd look = {.fd = file};
  return poll(&look, 1, 0) == 1 && (look.revents & POLLERR) != 0;
}

int main(int argc, char **argv) {
  const int status = run(argc, argv);
  const bool failed = ferror(stdout) != 0, abandoned = is_abandoned(STDOUT_FILENO);
  errno = 0;
  if (fclose(stdout) == 0 && !failed)
    return status;
  if (!abandoned)
    fprintf(stderr, "coap-eap-check: standard output: %s\n",
            errno == 0 ? "not all of it could be written" : strerror(errno));
  return EXIT_LOST;
}
