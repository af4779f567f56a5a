/* Equal specs give equal results, logs and captures, in whatever company they run. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "shell.h"

enum { BATCH = 1000 };

#define CHOSEN "{\"hops\": 3, \"frame_loss\": 0.2, \"identity_bytes\": 150, \"seed\": 4711}"
#define WITHOUT_WALL "sed 's/,\"wall_ms\":[^}]*//'"

/* Spec alone, as the last of a thousand, at one and at two workers. */
static void test_equal_specs_equal_results(void **state) {
  (void)state;
  char *folder = shell_make_folder(), *specs = NULL;
  size_t size;
  int status;
  FILE *memory = open_memstream(&specs, &size);
  for (int i = 1; i < BATCH; i++)
    fprintf(memory, "{\"hops\": %d, \"frame_loss\": 0.%d, \"peers\": %d, \"seed\": %d}\n",
            1 + i % 4, i % 3, 1 + i % 2, i);
  fprintf(memory, CHOSEN "\n");
  fclose(memory);
  shell_write_specs(folder, specs);
  for (int workers = 1; workers <= 2; workers++)
    free(shell_output(
        &status, "%s -j %d --pcap %s/p%d --log %s/log%d %s/specs | " WITHOUT_WALL " > %s/out%d",
        SIMULATOR, workers, folder, workers, folder, workers, folder, folder, workers));
  free(shell_output(&status, "echo '" CHOSEN "' | %s --pcap %s/alone | " WITHOUT_WALL " > %s/one",
                    SIMULATOR, folder, folder));
  free(shell_output(&status,
                    "cd %s && [ $(wc -l < out1) = %d ] && cmp out1 out2 && cmp log1 log2 && "
                    "diff -r p1 p2 && tail -n 1 out1 | cmp - one && for f in alone/*; do "
                    "cmp $f p1/%d/${f#alone/} || exit 1; done; ls alone/air.pcap",
                    folder, BATCH, BATCH));
  assert_int_equal(status, 0);
  free(specs);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_equal_specs_equal_results)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
