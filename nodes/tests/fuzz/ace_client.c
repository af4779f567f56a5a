/* A client of ACE with a request under way: what comes to it are the parts of an input. The first
 * octet of a part says whether the authorization server has answered, or from which resource server
 * and to which port octets come, and after what time; the first of the input, how tokens are
 * brought. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "ace/client_world.h"

const unsigned FUZZ_ROUNDS = 2000;

enum {
  DATAGRAMS_MAX = 24,
  WAYS = 3,
  SECOND = 1,
  IN_SESSION = 2,
  ANSWER = 16,
  REQUEST = 32,
  GET = 1
};

static const uint16_t INTERVALS_MS[] = {0, 20, 1500, 40000};

static struct client_world world;

static void begin(uint8_t way) {
  client_world_configure(&world, way % WAYS == 0 ? ACE_PROFILE_OSCORE : ACE_PROFILE_DTLS);
  world.config.token_in_handshake = way % WAYS == 2;
  client_world_start(&world);
  fuzz_claim(client_world_ask(&world, 0, GET) == 0, "a request begins");
}

static void wake(void) {
  if (node_expiry(world.client) <= world.post.now_ns)
    fuzz_claim(node_handle_expiry(world.client, world.post.now_ns) == 0, "a timer ends no node");
}

/* A call has one end. */
static void take_answer(const uint8_t *octets, size_t length) {
  const struct coap_message response = {
      .code = COAP_CODE_CREATED, .payload = octets, .payload_length = length};
  if (world.calling)
    client_world_hear(&world, length == 0 ? NULL : &response);
}

/* Nobody else is there. */
static void take_part(const uint8_t *part, size_t length) {
  struct node_address source = world.known[part[0] % 2].address;
  struct node_address destination = world.config.local;
  if ((part[0] & IN_SESSION) != 0) {
    source = association_address(&ASSOCIATION_DTLS, &source);
    destination = association_address(&ASSOCIATION_DTLS, &destination);
  }
  world.post.now_ns += INTERVALS_MS[part[0] / 4 % 4] * NODE_MS;
  wake();
  if ((part[0] & REQUEST) != 0)
    fuzz_either(client_world_ask(&world, part[0] % 2, GET) == 0);
  if ((part[0] & ANSWER) != 0)
    take_answer(part + 1, length - 1);
  else
    post_inject(&world.post, NODE_UDP, &source, &destination, part + 1, length - 1);
}

static unsigned ends(void) {
  return client_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) +
         client_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
}

/* However it went on, a request has an end. */
static void claim_ends(void) {
  for (unsigned i = 0; i < DATAGRAMS_MAX * DATAGRAMS_MAX; i++) {
    take_answer(NULL, 0);
    post_inject(&world.post, NODE_UDP, &world.config.local, &world.config.local, NULL, 0);
    const uint64_t due_ns = node_expiry(world.client);
    if (due_ns == NODE_NEVER)
      break;
    world.post.now_ns = due_ns > world.post.now_ns ? due_ns : world.post.now_ns;
    wake();
  }
  fuzz_claim(ends() >= 1, "a request has an end");
  for (size_t i = 0; i < 2; i++)
    fuzz_claim(ace_client_state(world.client, i) != ACE_CLIENT_ASKING &&
                   ace_client_state(world.client, i) != ACE_CLIENT_TRANSFERRING,
               "nothing is under way");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  begin(data[0]);
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (length > 0)
      take_part(part, length);
    free(part);
  }
  fuzz_accepted = client_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) > 0;
  claim_ends();
  client_world_end(&world);
  return 0;
}

static void take_story(fuzz_take *take, uint8_t way) {
  static struct fuzz_input input;
  uint8_t part[1 + NODE_DATAGRAM_MAX] = {ANSWER};
  input = (struct fuzz_input){.data = {way}, .size = 1};
  memcpy(part + 1, world.answer, world.answer_length);
  fuzz_input_put_part(&input, part, 1 + world.answer_length);
  for (size_t i = 0; i < world.post.flight_count; i++) {
    const struct post_datagram *flown = &world.post.flight[i];
    if (memcmp(flown->destination.ip, world.config.local.ip, sizeof flown->destination.ip) != 0)
      continue;
    part[0] = flown->destination.port != world.config.local.port ? IN_SESSION : 0;
    memcpy(part + 1, flown->data, flown->length);
    fuzz_input_put_part(&input, part, 1 + flown->length);
  }
  take(input.data, input.size);
}

/* A token is brought, and a request is answered. */
void fuzz_seeds(fuzz_take *take) {
  for (uint8_t way = 0; way < WAYS; way++) {
    begin(way);
    post_run_ms(&world.post, 1000);
    fuzz_claim(world.servers[0].served == 1, "a request is answered");
    take_story(take, way);
    client_world_end(&world);
  }
}
