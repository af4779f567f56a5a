/* What tests of the client share: one world, and the ways of a token, which are tests' states.
 * Include after cmocka.h. */
#ifndef NODES_TESTS_ACE_CLIENT_WAYS_H
#define NODES_TESTS_ACE_CLIENT_WAYS_H

#include "client_world.h"

static struct client_world world;

static enum way {
  OSCORE,
  DTLS,
  DTLS_IN_HANDSHAKE,
  WAYS
} ways[] = {OSCORE, DTLS, DTLS_IN_HANDSHAKE};

static inline void configure(enum way way) {
  client_world_configure(&world, way == OSCORE ? ACE_PROFILE_OSCORE : ACE_PROFILE_DTLS);
  world.config.token_in_handshake = way == DTLS_IN_HANDSHAKE;
}

static inline enum way begin_by(void **state) {
  const enum way way = *(enum way *)*state;
  configure(way);
  client_world_start(&world);
  return way;
}

static inline void begin_again(enum way way) {
  client_world_end(&world);
  configure(way);
  client_world_start(&world);
}

static inline int tear_down(void **state) {
  (void)state;
  client_world_end(&world);
  return 0;
}

/* Of the first server. */
static inline unsigned count(enum node_phase phase, enum node_event_type type) {
  return client_world_count(&world, 0, phase, type);
}

static inline const char *label_of(enum node_phase phase, enum node_event_type type) {
  return client_world_last(&world, 0, phase, type)->label;
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
#define TEST_BY(name, way)                                                                         \
  cmocka_unit_test_prestate_setup_teardown(name, NULL, tear_down, &ways[way])
#define TEST_BY_ALL(name)                                                                          \
  TEST_BY(name, OSCORE), TEST_BY(name, DTLS), TEST_BY(name, DTLS_IN_HANDSHAKE)

#endif
