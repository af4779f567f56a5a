/* The program's exit status and what it prints. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs coap-eap-check; its standard output and error go to `output`. */
static int run(const char *arguments, char *output, size_t capacity) {
  char command[1024];
  snprintf(command, sizeof command, PROGRAM " %s 2>&1", arguments);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  const size_t length = fread(output, 1, capacity - 1, pipe);
  output[length] = '\0';
  const int status = pclose(pipe);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static void test_program(void **state) {
  (void)state;
  static const struct {
    const char *arguments;
    int status;
    const char *prints;
  } runs[] = {
      {"--help", 0, "again-late"},
      {"--help", 0, "delay=off|on"},
      {"--findings", 0, "mid-random-takes-old-request"},
      {"acts=1", 0, "clean"},
      {"all acts=0 lower_layer=coap-eap | grep ^handshake-restart", 0, "handshake-restart-dtls"},
      {"acts=1 --ends", 0, "authenticator established, peer established"},
      {"network acts=1 ordering=mid-random association=dtls", 0, "network-mid-random-dtls"},
      {"restart ordering=mid-random association=oscore", 0,
       "finding: mid-random-takes-old-request"},
      {"pull=erp association=oscore", 2, "association: dtls"},
      {"pull-impostor association=dtls", 0, "pull-impostor-dtls"},
      {"pull=psk-identity association=ikev2", 2, "ikev2-idi with ikev2"},
      {"pull=ikev2-idi association=dtls", 2, "psk-identity goes with association=dtls"},
      {"pull-impostor", 0, "pull-impostor-ikev2"},
      {"network association=ikev2-udp ordering=seqnum acts=1", 0, "network-seqnum-ikev2-udp"},
      {"ace=handshake association=oscore", 2, "goes into a handshake with association=dtls"},
      {"ace=authz-info association=ikev2", 2, "oscore, dtls"},
      {"ace=authz-info association=dtls pull=erp", 2, "another cast"},
      {"ace=authz-info lower_layer=pana", 2, "makes no calls"},
      {"handshake-damage", 0, "handshake-damage-oscore                          refused:"},
      {"access-damage", 0, "finding: heard-token-is-taken"},
      {"identity-liar", 0, "finding: server-is-given-key-unasked"},
      {"acts=1 depth_max=5", 0, "clean within its bounds"},
      {"--replay " FOLDER "/mid-random-takes-old-request.txt", 0, "VIOLATED"},
      {"--replay " FOLDER "/none.txt", 2, "cannot be read"},
      {"--replay /dev/null", 2, "no line \"shows\""},
      {"--replay", 2, "names no file"},
      {"acts=1 seqnum_number=35", 2, "Proxy-Uri"},
      {"no-token seqnum_number=39 acts=0", 0,
       "no-token-seqnum-oscore                           refused:"},
      {"network association=dtls dtls_timeout_ms=60000 dtls_timeout_max_ms=1000", 2,
       "dtls_timeout_max_ms is less than dtls_timeout_ms"},
      {"--replay /dev/stdin 2>&1 <<END\nmodel seqnum_number=35\nshows nonce-reused\nEND\nexit $? #",
       2, "Proxy"},
      {"acts=x", 2, "acts takes 0..9"},
      {"act=1", 2, "no key \"act\""},
      {"nowhere", 2, "neither an option nor a scene"},
      {"--save", 2, "neither an option nor a scene"},
      {"--save /no/such/folder acts=1", 2, "/no/such/folder: No such file or directory"},
      {"--help 2>&1 >/dev/full #", 3, "standard output: No space left on device"},
      {"--findings 2>&1 >/dev/full #", 3, "standard output: "},
      {"acts=1 --ends 2>&1 >/dev/full #", 3, "standard output: "},
      {"--replay " FOLDER "/mid-random-takes-old-request.txt 2>&1 >/dev/full #", 3,
       "standard output: "},
  };
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    static char output[1 << 16];
    const int status = run(runs[i].arguments, output, sizeof output);
    if (status != runs[i].status || strstr(output, runs[i].prints) == NULL)
      fail_msg("%s: %d, %s", runs[i].arguments, status, output);
  }
}

/* A reader that went away is told nothing, be SIGPIPE ignored or not. */
static void test_reader_went_away(void **state) {
  (void)state;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(close(ends[0]), 0);
  static const struct {
    const char *before;
    int status;
  } shells[] = {{"", 128 + SIGPIPE}, {"trap '' PIPE; ", 3}};
  for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
    char command[512], output[512];
    snprintf(command, sizeof command, "exec 2>&1; %s" PROGRAM " --help >&%d; exit $?",
             shells[i].before, ends[1]);
    FILE *file = popen(command, "r");
    assert_non_null(file);
    output[fread(output, 1, sizeof output - 1, file)] = '\0';
    assert_int_equal(WEXITSTATUS(pclose(file)), shells[i].status);
    assert_null(strstr(output, "coap-eap-check: "));
  }
  close(ends[1]);
}

/* Of what does not fit on a disk no part is left. `ulimit -f` is one; SIGXFSZ is ignored. */
static void test_full_disk(void **state) {
  (void)state;
  static char output[1 << 12];
  static const char script[] =
      "bash -c 'F=$(mktemp -d); ulimit -f 0; trap \"\" XFSZ; " PROGRAM
      " --ends --save $F acts=1 2>&1 | cat; echo status ${PIPESTATUS[0]}; ls $F | wc -l; rm -r $F'";
  FILE *pipe = popen(script, "r");
  assert_non_null(pipe);
  output[fread(output, 1, sizeof output - 1, pipe)] = '\0';
  assert_int_equal(pclose(pipe), 0);
  assert_non_null(strstr(output, "cannot be written: File too large"));
  assert_non_null(strstr(output, "status 3\n0\n"));
}

/* A violation that is no finding: more losses than retransmissions. */
static void test_violation(void **state) {
  (void)state;
  static char output[1 << 16];
  assert_int_equal(run("acts=6 delay=off double=off --first", output, sizeof output), 1);
  assert_non_null(strstr(output, "VIOLATED: not-established"));
  assert_non_null(strstr(output, "failed peer-silent"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_program), cmocka_unit_test(test_reader_went_away),
      cmocka_unit_test(test_full_disk), cmocka_unit_test(test_violation)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
