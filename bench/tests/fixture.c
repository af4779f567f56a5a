/* A folder and a schema for tests. */
#include "fixture.h"
#include "memory.h"
#include "simulator.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fixture_setup(void **state) {
  struct fixture *fixture = memory_get(1, sizeof *fixture);
  struct text describe = {0}, error = {0};
  strcpy(fixture->folder, "/tmp/coap-eap-bench-test-XXXXXX");
  if (mkdtemp(fixture->folder) == NULL ||
      simulator_describe(FAKE_SIMULATOR, &describe, &error) < 0 ||
      schema_init(&fixture->schema, text_string(&describe), &error) < 0) {
    fputs(text_string(&error), stderr);
    return -1;
  }
  text_deinit(&describe);
  *state = fixture;
  return 0;
}

static int forget(const char *path, const struct stat *status, int flag, struct FTW *walk) {
  (void)status;
  (void)flag;
  (void)walk;
  return remove(path);
}

int fixture_teardown(void **state) {
  struct fixture *fixture = *state;
  schema_deinit(&fixture->schema);
  nftw(fixture->folder, forget, 16, FTW_DEPTH | FTW_PHYS);
  free(fixture);
  return 0;
}

char *fixture_write(const struct fixture *fixture, const char *name, const char *content) {
  struct text text = {0}, error = {0};
  char *path = text_format("%s/%s", fixture->folder, name);
  text_add(&text, "%s", content);
  if (text_file_write(path, &text, &error) < 0)
    abort();
  text_deinit(&text);
  return path;
}
