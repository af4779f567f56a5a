/* Each function of the AAA server's contract refuses a node that is not one of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aaa/aaa.h"
#include "seeded.h"

static struct seeded seeded = {.state = 1};
static const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};

static struct node *create_aaa(void) {
  static const struct radius_server_client client = {
      .ip = {9}, .secret = {.octets = (const uint8_t *)"radius", .length = 6}};
  const struct aaa_config config = {
      .local = {.ip = {2}, .port = RADIUS_PORT},
      .radius = {.clients = &client, .client_count = 1, .conversations_max = 1}};
  struct node *node = aaa_create(&config, &hooks);
  assert_non_null(node);
  return node;
}

static uint8_t octets[NODE_DATAGRAM_MAX];

static int call_read(const struct node_ops *ops, struct node *node) {
  const struct node_datagram datagram = {.data = octets, .length = 1};
  return ops->read(node, &datagram, 0);
}

static int call_write(const struct node_ops *ops, struct node *node) {
  struct node_datagram datagram = {.data = octets, .capacity = sizeof octets};
  return ops->write(node, &datagram, 0);
}

static int call_expiry(const struct node_ops *ops, struct node *node) {
  return ops->expiry(node) == NODE_NEVER ? 0 : -1;
}

static int call_handle_expiry(const struct node_ops *ops, struct node *node) {
  return ops->handle_expiry(node, 0);
}

static int call_destroy(const struct node_ops *ops, struct node *node) {
  ops->destroy(node);
  return 0;
}

/* In the order in which they can be called: the last ends the node. */
static int (*const calls[])(const struct node_ops *ops, struct node *node) = {
    call_read, call_write, call_expiry, call_handle_expiry, call_destroy};
enum { CALLS = sizeof calls / sizeof calls[0] };

static void its_own(void **state) {
  (void)state;
  struct node *node = create_aaa();
  const struct node_ops *ops = node->ops;
  for (size_t i = 0; i < CALLS; i++)
    assert_int_equal(calls[i](ops, node), 0);
}

/* The signal that ends a process in which this function has another role's node. */
static int signal_of(size_t call) {
  struct node *node = create_aaa();
  const struct node_ops *ops = node->ops, others = *ops;
  int status = 0;
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    (void)signal(SIGABRT, SIG_DFL); /* cmocka has a handler */
    (void)freopen("/dev/null", "w", stderr);
    node->ops = &others;
    (void)calls[call](ops, node);
    _exit(0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  node_destroy(node);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void another_s(void **state) {
  (void)state;
  for (size_t i = 0; i < CALLS; i++)
    assert_int_equal(signal_of(i), SIGABRT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(its_own),
      cmocka_unit_test(another_s),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
