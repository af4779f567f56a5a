/* Drawings of figures: four formats, the same from the same store, and drawn again by the script
 * that lies beside them, wherever that is. */
#include "fixture.h"
#include "support/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static const char SCENARIO[] =
    "title: Drawings\nsweep: {hops: [1, 2], frame_loss: [0, 0.1]}\nrepeat: 3\nfigures:\n"
    "  - {name: b, type: bands, title: T, x: hops, y: [median time_ms, p95 time_ms],\n"
    "     above: [success]}\n"
    "  - {name: c, type: cdf, title: T, of: time_ms}\n"
    "  - {name: p, type: progress, title: T, of: joined}\n"
    "  - {name: s, type: stack, of: ledger}\n"
    "  - {name: v, type: savings, title: T, of: [mean time_ms], against: {hops: 1}, rows: hops,\n"
    "     where: {frame_loss: 0}}\n"
    "  - {name: h, type: heat, title: T, of: median time_ms, x: hops, rows: frame_loss}\n";

/* Runs a shell in the fixture's folder, which has to succeed. */
static void drawing_shell(const struct fixture *fixture, const char *script) {
  char *command = text_format("cd %s || exit 1\n%s", fixture->folder, script);
  const int status = system(command);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail_msg("%s", script);
  free(command);
}

static void fonts_are_embedded(const struct fixture *fixture) {
  drawing_shell(fixture,
                "cd results/c/figures\n"
                "for f in b c p s v h; do\n"
                "  grep -aq '/FontFile' $f.pdf && grep -aq 'BeginResource: font' $f.eps || exit 1\n"
                "  ! grep -aq 'Fallback Image' $f.eps || exit 1\n"
                "done\n");
}

static void equal_stores_give_equal_drawings(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_run(fixture, SCENARIO, true));
  fonts_are_embedded(fixture);
  drawing_shell(fixture, "cp -r results/c/figures first && sleep 1\n" COAP_EAP_BENCH
                         " report --results results c.yaml >said 2>&1\n"
                         "diff -r first results/c/figures\n");
}

/* From another folder, and in its own; the date of the drawing is all that is new. */
static void scripts_stand_alone(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_run(fixture, SCENARIO, true));
  drawing_shell(
      fixture,
      "rm -rf moved && mkdir -p 'moved/to here' && cp results/c/figures/*.gp "
      "results/c/figures/*.tsv 'moved/to here'\n"
      "export TZ=UTC0\n"
      "gnuplot 'moved/to here/b.gp' && gnuplot \"$PWD/moved/to here/c.gp\" && cd 'moved/to here' "
      "|| exit 1\n"
      "for f in p s v h; do gnuplot $f.gp || exit 1; done\n"
      "for f in b c p s v h; do\n"
      "  for format in svg png pdf eps; do\n"
      "    sed '/CreationDate/d' $f.$format >again\n"
      "    sed '/CreationDate/d' ../../results/c/figures/$f.$format | cmp - again || exit 1\n"
      "  done\n"
      "done\n"
      "rm b.* && cp ../../results/c/figures/b.gp ../../results/c/figures/b.tsv . || exit 1\n"
      "gnuplot -e \"FORMATS='pdf'\" b.gp && test \"$(echo b.*)\" = 'b.gp b.pdf b.tsv'\n");
}

/* What is in a script is of no place: it says neither where it was made nor where the looks are. */
static void scripts_name_no_place(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_run(fixture, SCENARIO, true));
  char *script = fixture_read(fixture, "figures/b.gp");
  assert_null(strstr(script, fixture->folder));
  assert_null(strstr(script, "LOOK"));
  free(script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_stores_give_equal_drawings),
      cmocka_unit_test(scripts_stand_alone),
      cmocka_unit_test(scripts_name_no_place),
  };
  return cmocka_run_group_tests_name("figure_drawing", tests, fixture_setup, fixture_teardown);
}
