/* The commands that show runs of a campaign, as they are typed where its report was made. */
#ifndef BENCH_REPORT_SHOW_COMMAND_H
#define BENCH_REPORT_SHOW_COMMAND_H

#include "support/text.h"

#define SHOW_COMMAND_OWN "build/coap-eap-bench"

/* Of which campaign. */
struct show_command {
  char *program;
  char *results; /* folder of the campaigns */
  char *name;
};

/* Of the campaign in `folder`. */
struct show_command show_command_from(const char *folder);
void show_command_deinit(struct show_command *from);

/* The program as it is called from this folder: "build/coap-eap-bench" in the project's, else the
 * path of this one from here. To be freed. */
char *show_command_program(void);

/* Adds "./waf-wrapper run loss --results 'my results' --repeat 30" of the campaign in `folder`,
 * whose scenario is the file `path`; with `repeat` 0 as that says. */
void show_command_campaign(struct text *command, const char *folder, const char *path,
                           long long repeat);

/* Adds "build/coap-eap-bench show loss". */
void show_command_scenario(struct text *command, const char *path);

/* Adds "build/coap-eap-bench show --median loss/3"; `which` is the option, `cell` the number in the
 * plan that `run` has noted. */
void show_command_cell(struct text *command, const struct show_command *from, const char *which,
                       long long cell);

/* Adds "build/coap-eap-bench show loss/3/17", or with the key, where a name like that of this
 * campaign would be taken for something else. */
void show_command_run(struct text *command, const struct show_command *from, long long cell,
                      long long seed, const char *key);

#endif
