/* The post of a test's world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "post.h"

void post_init(struct post *post, const struct post_world *ops, void *world) {
  post->ops = ops;
  post->world = world;
  post->fault_at = SIZE_MAX;
}

void post_depart(struct post *post, const struct node_datagram *datagram) {
  const bool faulty = post->flight_count == post->fault_at;
  assert_true(post->flight_count + 2 <= POST_FLIGHT_MAX);
  assert_int_equal(span_list_length(&datagram->spans), datagram->length);
  struct post_datagram *flying = &post->flight[post->flight_count++];
  *flying = (struct post_datagram){.source = datagram->source,
                                   .destination = datagram->destination,
                                   .protocol = datagram->protocol,
                                   .length = datagram->length,
                                   .label = datagram->label,
                                   .phase = datagram->phase,
                                   .part = datagram->part,
                                   .is_protected = datagram->is_protected,
                                   .copy = datagram->copy,
                                   .spans = datagram->spans,
                                   .arrival_ns = post->now_ns + POST_LATENCY_MS * NODE_MS};
  memcpy(flying->data, datagram->data, datagram->length);
  if (faulty && post->fault == POST_LOSE)
    flying->arrival_ns = NODE_NEVER;
  if (faulty && post->fault == POST_DOUBLE) {
    struct post_datagram *twin = &post->flight[post->flight_count++];
    *twin = *flying;
    twin->label = "twin";
    twin->arrival_ns += post->delay_ms * NODE_MS;
  }
  if (faulty && post->fault == POST_DELAY)
    flying->arrival_ns += post->delay_ms * NODE_MS;
}

void post_inject(struct post *post, enum node_protocol protocol, const struct node_address *source,
                 const struct node_address *destination, const uint8_t *data, size_t length) {
  uint8_t *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  if (length > 0)
    memcpy(exact, data, length);
  const struct node_datagram datagram = {.source = *source,
                                         .destination = *destination,
                                         .protocol = protocol,
                                         .data = exact,
                                         .length = length,
                                         .capacity = length};
  post->ops->read(post->world, &datagram);
  free(exact);
  post->ops->flush(post->world);
}

static struct post_datagram *next_arrival(struct post *post) {
  struct post_datagram *next = NULL;
  for (size_t i = 0; i < post->flight_count; i++)
    if (post->flight[i].arrival_ns != NODE_NEVER &&
        (next == NULL || post->flight[i].arrival_ns < next->arrival_ns))
      next = &post->flight[i];
  return next;
}

static void arrive(struct post *post, struct post_datagram *datagram) {
  datagram->arrival_ns = NODE_NEVER;
  const struct post_datagram copy = *datagram;
  post_inject(post, copy.protocol, &copy.source, &copy.destination, copy.data, copy.length);
}

void post_run_until(struct post *post, uint64_t until_ns) {
  post->ops->flush(post->world);
  for (;;) {
    struct post_datagram *datagram = next_arrival(post);
    const uint64_t arrival_ns = datagram == NULL ? NODE_NEVER : datagram->arrival_ns;
    const uint64_t timer_ns = post->ops->expiry(post->world);
    const uint64_t next_ns = arrival_ns < timer_ns ? arrival_ns : timer_ns;
    if (next_ns == NODE_NEVER || next_ns > until_ns)
      break;
    assert_true(++post->steps < POST_STEPS_MAX);
    post->now_ns = next_ns > post->now_ns ? next_ns : post->now_ns;
    if (arrival_ns <= timer_ns) {
      arrive(post, datagram);
    } else {
      post->ops->wake(post->world);
      post->ops->flush(post->world);
    }
  }
  if (until_ns != NODE_NEVER)
    post->now_ns = until_ns;
}

void post_run_ms(struct post *post, uint64_t ms) {
  post_run_until(post, post->now_ns + ms * NODE_MS);
}

unsigned post_flown(const struct post *post, const char *label) {
  unsigned count = 0;
  for (size_t i = 0; i < post->flight_count; i++)
    count += strcmp(post->flight[i].label, label) == 0;
  return count;
}

const struct post_datagram *post_first(const struct post *post, const char *label) {
  for (size_t i = 0; i < post->flight_count; i++)
    if (strcmp(post->flight[i].label, label) == 0)
      return &post->flight[i];
  fail_msg("no datagram is called %s", label);
  return NULL;
}
