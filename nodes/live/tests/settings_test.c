/* Every option of lower layers and associations can be set on the command line and in the file. */
#include "scene.h"

#include "../options.h"
#include "tests/option_other.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static bool is_other(const struct settings *settings, const struct option_row *option) {
  const double value = option_get(&settings->options, option), other = option_other(option);
  return value <= other && value >= other;
}

/* Parses one argument and looks what became of the option. */
static void expect(const struct option_row *option, enum settings_role role, const char *name,
                   const char *value) {
  char argument[PATH_MAX];
  snprintf(argument, sizeof argument, "--%s=%s", name, value);
  char *argv[] = {(char *)SETTINGS_ROLE_NAMES[role], argument, NULL};
  struct settings settings;
  struct report report;
  struct complaint complaint;
  if (options_parse(role, 2, argv, &settings, &report, &complaint) != 0)
    fail_msg("%s %s: %s", SETTINGS_ROLE_NAMES[role], argument, complaint.text);
  if (!is_other(&settings, option))
    fail_msg("%s %s: %s is not set", SETTINGS_ROLE_NAMES[role], argument, option->name);
  settings_deinit(&settings);
}

static void on_command_line(const struct option_row *option, enum settings_role role) {
  char name[64], text[OPTION_OTHER_TEXT_MAX];
  snprintf(name, sizeof name, "%s", option->name);
  for (char *at = name; *at != '\0'; at++)
    *at = *at == '_' ? '-' : *at;
  expect(option, role, name, option_other_text(option, text));
}

static void in_file(const struct option_row *option, enum settings_role role, const char *section) {
  char text[OPTION_OTHER_TEXT_MAX];
  const char *path = process_file("option.yaml", "%s: {%s: %s}\n", section, option->name,
                                  option_other_text(option, text));
  expect(option, role, "config", path);
}

static void each_option(void **state) {
  size_t count;
  const struct option_row *const *rows = lower_options(&count);
  (void)state;
  assert_true(count > 0);
  for (size_t i = 0; i < count; i++) {
    on_command_line(rows[i], SETTINGS_PEER);
    in_file(rows[i], SETTINGS_PEER, SETTINGS_LOWER_LAYER);
    /* one file may serve all roles */
    in_file(rows[i], SETTINGS_AUTHENTICATOR, SETTINGS_LOWER_LAYER);
    if (rows[i]->peer_only)
      in_file(rows[i], SETTINGS_PEER, SETTINGS_ROLE_NAMES[SETTINGS_PEER]);
    else
      on_command_line(rows[i], SETTINGS_AUTHENTICATOR);
    if (!rows[i]->peer_only)
      on_command_line(rows[i], SETTINGS_CONTROLLER);
    on_command_line(rows[i], SETTINGS_RESOURCE_SERVER);
    on_command_line(rows[i], SETTINGS_CLIENT);
    on_command_line(rows[i], SETTINGS_UE);
    in_file(rows[i], SETTINGS_APS, SETTINGS_LOWER_LAYER);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(each_option, scene_teardown)};
  return SCENE_RUN("settings", tests);
}
