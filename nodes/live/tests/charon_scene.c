/* charon, in a network of its own. */
#define _GNU_SOURCE
#include "charon_scene.h"
#include "skip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHARON "/usr/lib/ipsec/charon"
#define SWANCTL "/usr/sbin/swanctl"
#define URI "unix:///run/charon.vici"
#define NETWORK "/run/netns/charon"

enum { START_MS = 5000, COMMAND_MS = 10000, LOOK_US = 20000, WORDS_MAX = 16, ECHO_PORT = 7 };

static bool is_inside;

/* A program on its own; fails where that does. */
static void run(const char *const *argv) {
  struct process process;
  process_start(&process, "setup", argv);
  if (process_wait(&process, COMMAND_MS) != 0)
    fail_msg("%s %s %s: see %s", argv[0], argv[1], argv[2], process.err);
}

/* Words with spaces between. */
static void run_words(const char *line) {
  char copy[256];
  const char *argv[WORDS_MAX + 1] = {NULL};
  snprintf(copy, sizeof copy, "%s", line);
  size_t count = 0;
  for (char *word = strtok(copy, " "); word != NULL && count < WORDS_MAX; word = strtok(NULL, " "))
    argv[count++] = word;
  run(argv);
}

/* Where it is */

static const char *root(void) {
  const char *given = getenv("STRONGSWAN_ROOT");
  return given == NULL ? "" : given;
}

static bool is_there(const char *path) {
  char whole[PROCESS_PATH_MAX];
  snprintf(whole, sizeof whole, "%s%s", root(), path);
  return access(whole, X_OK) == 0;
}

/* Copies have no profile of AppArmor, which would keep charon from its configuration here. */
static void copy_program(const char *path, const char *name) {
  char from[PROCESS_PATH_MAX], to[PROCESS_PATH_MAX];
  snprintf(from, sizeof from, "%s%s", root(), path);
  snprintf(to, sizeof to, "/run/%s", name);
  const char *const argv[] = {"cp", from, to, NULL};
  run(argv);
}

/* What is unpacked lies over what the system has. */
static void lay_over(void) {
  char layers[PROCESS_PATH_MAX];
  if (root()[0] == '\0')
    return;
  snprintf(layers, sizeof layers, "lowerdir=%s/usr/lib:/usr/lib", root());
  assert_int_equal(mount("overlay", "/usr/lib", "overlay", 0, layers), 0);
}

static void make_networks(void) {
  static const char *const lines[] = {
      "ip link set lo up",
      "ip netns add charon",
      "ip link add ike0 type veth peer name ike1 netns charon",
      "ip address add " CHARON_SCENE_LOCAL "/24 dev ike0",
      "ip link set ike0 up",
      "ip -n charon address add " CHARON_SCENE_REMOTE "/24 dev ike1",
      "ip -n charon link set ike1 up",
      "ip -n charon link set lo up",
  };
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
    run_words(lines[i]);
}

void charon_scene_need(void) {
  if (is_inside)
    return;
  skip_without("ip");
  if (!is_there(CHARON) || !is_there(SWANCTL))
    skip_because("charon or swanctl is not installed (./waf-wrapper deps --all)");
  if (geteuid() != 0)
    skip_because("charon needs root");
  if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0)
    skip_because("no networks of one's own: %s", strerror(errno));
  assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
  assert_int_equal(mount("none", "/run", "tmpfs", 0, NULL), 0);
  lay_over();
  copy_program(CHARON, "charon-under-test");
  copy_program(SWANCTL, "swanctl-under-test");
  make_networks();
  setenv("STRONGSWAN_CONF", process_file("empty.conf", "\n"), 1);
  is_inside = true;
}

/* Commands */

static struct process last;

int charon_scene_swanctl(const char *const *arguments) {
  const char *argv[WORDS_MAX + 4] = {"/run/swanctl-under-test"};
  size_t count = 1;
  for (; arguments[count - 1] != NULL; count++)
    argv[count] = arguments[count - 1];
  argv[count++] = "--uri";
  argv[count] = URI;
  process_start(&last, "swanctl", argv);
  return process_wait(&last, COMMAND_MS);
}

void charon_scene_expect(const char *text) {
  process_expect_written(&last, text);
}

static void await_vici(void) {
  static const char *const look[] = {"--stats", NULL};
  const uint64_t until_ns = process_now_ns() + START_MS * UINT64_C(1000000);
  while (charon_scene_swanctl(look) != 0) {
    if (process_now_ns() > until_ns)
      fail_msg("charon does not answer");
    usleep(LOOK_US);
  }
}

void charon_scene_start(struct process *charon, const char *settings) {
  static const char *const argv[] = {"ip", "netns", "exec", "charon", "/run/charon-under-test",
                                     NULL};
  const char *config = process_file(
      "strongswan.conf",
      "charon {\n"
      "  load = random nonce openssl kdf hmac cmac ccm aes sha1 sha2 curve25519 kernel-libipsec "
      "kernel-netlink socket-default vici updown\n"
      "  install_virtual_ip = no\n  retransmit_timeout = 0.4\n  retransmit_tries = 3\n"
      "  plugins {\n    vici { socket = " URI " }\n"
      "    kernel-netlink { fwmark = !0x42 }\n    socket-default { fwmark = 0x42 }\n"
      "    kernel-libipsec { allow_peer_ts = yes }\n  }\n"
      "  filelog {\n    stdout {\n      default = 1\n      cfg = 2\n      flush_line = yes\n    "
      "}\n  }\n"
      "%s}\n",
      settings);
  (void)unlink("/run/charon.pid");
  (void)unlink("/run/charon.vici");
  assert_int_equal(setenv("STRONGSWAN_CONF", config, 1), 0);
  process_start(charon, "charon", argv);
  await_vici();
}

void charon_scene_load(const char *proposals, const char *lines) {
  const char *file = process_file(
      "swanctl.conf",
      "connections {\n it {\n  version = 2\n  local_addrs = " CHARON_SCENE_REMOTE "\n"
      "  remote_addrs = " CHARON_SCENE_LOCAL "\n  proposals = %s\n  childless = allow\n"
      "  send_cert = never\n"
      "  local {\n   auth = psk\n   id = gateway.test\n  }\n"
      "  remote {\n   auth = psk\n   id = \"@#00112233\"\n  }\n%s"
      " }\n}\nsecrets {\n ike-1 {\n  secret = " CHARON_SCENE_PSK "\n }\n}\n",
      proposals, lines);
  const char *const arguments[] = {"--load-all", "--clear", "--file", file, NULL};
  assert_int_equal(charon_scene_swanctl(arguments), 0);
}

int charon_scene_initiate(const char *what) {
  const char *const ike[] = {"--initiate", "--ike", "it", "--timeout", "8", NULL};
  const char *const child[] = {"--initiate", "--child", "c", "--timeout", "8", NULL};
  return charon_scene_swanctl(strcmp(what, "ike") == 0 ? ike : child);
}

int charon_scene_terminate(void) {
  static const char *const arguments[] = {"--terminate", "--ike", "it", NULL};
  return charon_scene_swanctl(arguments);
}

bool charon_scene_is_established(void) {
  const char *const argv[] = {"/run/swanctl-under-test", "--list-sas", "--uri", URI, NULL};
  char *text = process_capture("list", argv);
  const bool is = strstr(text, "ESTABLISHED") != NULL;
  free(text);
  return is;
}

/* Inside its network */

int charon_scene_socket(uint16_t port) {
  const int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  const int its = open(NETWORK, O_RDONLY | O_CLOEXEC);
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(port)};
  const struct timeval limit = {.tv_sec = 3};
  inet_pton(AF_INET, CHARON_SCENE_REMOTE, &local.sin_addr);
  assert_int_equal(setns(its, CLONE_NEWNET), 0);
  const int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  assert_int_equal(setns(ours, CLONE_NEWNET), 0);
  assert_true(file >= 0);
  assert_int_equal(bind(file, (struct sockaddr *)&local, sizeof local), 0);
  setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  close(ours);
  close(its);
  return file;
}

void charon_scene_echo(void) {
  static bool runs;
  if (runs)
    return;
  runs = true;
  const int file = charon_scene_socket(ECHO_PORT);
  const pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid > 0) {
    close(file);
    return;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) {
    uint8_t data[2048];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    const ssize_t got = recvfrom(file, data, sizeof data, 0, (struct sockaddr *)&from, &size);
    if (got >= 0)
      (void)sendto(file, data, (size_t)got, 0, (struct sockaddr *)&from, size);
  }
}

const char *charon_scene_version(void) {
  static char version[32] = "?";
  const char *const argv[] = {"/run/charon-under-test", "--version", NULL};
  char *text = process_capture("version", argv);
  const char *found = strstr(text, "strongSwan ");
  if (found != NULL)
    (void)sscanf(found, "strongSwan %31[0-9.]", version);
  free(text);
  return version;
}
