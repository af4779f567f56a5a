/* The campaign's simulator is a script that writes down what the true one cost. */
#include "share.h"

#include "cost.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "campaign"
#define SCRIPT FOLDER "/simulator"
#define SCENARIO FOLDER "/share.yaml"
#define TIMES                                                                                      \
  FOLDER "/times" /* of the shell, then of its children: user and system, as 0m1.230s              \
                   */
#define OUTPUT FOLDER "/output"

enum { CELLS = 4 };

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
    cost_fail(path);
}

static void write_campaign(const char *simulator, int runs) {
  char text[8192];
  if (mkdir(FOLDER, 0777) < 0)
    cost_fail(FOLDER);
  snprintf(
      text, sizeof text,
      "#!/bin/sh\nSIM='%s'\n\"$SIM\" \"$@\"\nstatus=$?\ncase \" $* \" in *\" -j \"*) times >>" TIMES
      ";; esac\nexit $status\n",
      simulator);
  write_file(SCRIPT, text);
  if (chmod(SCRIPT, 0755) < 0)
    cost_fail(SCRIPT);
  snprintf(text, sizeof text,
           "title: Share\ndescription: Where a campaign's time goes.\n"
           "sweep:\n  method: [eap-psk, eap-edhoc]\n  association: [oscore, dtls]\nrepeat: %d\n"
           "tables:\n  - name: time\n    title: Time\n    columns: [success, median time_ms]\n",
           (runs + CELLS - 1) / CELLS);
  write_file(SCENARIO, text);
}

/* The next line of the script's notes, in milliseconds; negative: there is none. */
static double read_line(FILE *times) {
  double minutes[2], seconds[2];
  if (fscanf(times, "%lfm%lfs %lfm%lfs", &minutes[0], &seconds[0], &minutes[1], &seconds[1]) != 4)
    return -1;
  return 60e3 * (minutes[0] + minutes[1]) + 1e3 * (seconds[0] + seconds[1]);
}

static double read_times(void) {
  FILE *times = fopen(TIMES, "r");
  double sum = 0;
  if (times == NULL)
    cost_fail(TIMES);
  while (read_line(times) >= 0)
    sum += read_line(times); /* the shell's own, then its children's */
  fclose(times);
  return sum;
}

/* What the campaign costs when `verb` is called for it. */
static double verb_ms(const char *bench, const char *verb, bool runs) {
  const char *const argv[] = {
      bench,       verb,          "--scenarios", FOLDER,
      "--results", FOLDER "/out", "share",       runs ? "--simulator" : NULL,
      SCRIPT,      NULL};
  return cost_once(argv, NULL, OUTPUT).cpu_ms;
}

void share_print(const char *bench, const char *simulator, int runs) {
  const int whole = (runs + CELLS - 1) / CELLS * CELLS;
  write_campaign(simulator, runs);
  const double all = verb_ms(bench, "run", true), in_runs = read_times();
  const double report = verb_ms(bench, "report", false);
  printf(
      "A campaign of %d runs over one hop, planned, run, stored and reported: %.2f s of processor "
      "time, of which the simulator making runs %.0f %%, and the report %.0f %%; the rest is "
      "%.2f ms a run\n",
      whole, all / 1e3, 100 * in_runs / all, 100 * report / all, (all - in_runs - report) / whole);
}
