/* The requests of an AAA proxy. */
#include "proxy_table.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>

static void proxied_append(struct aaa_proxied_list *list, enum aaa_proxied_list_kind kind,
                           struct aaa_proxied *request) {
  request->previous[kind] = list->last;
  request->next[kind] = NULL;
  *(list->last == NULL ? &list->first : &list->last->next[kind]) = request;
  list->last = request;
  list->count++;
}

static void proxied_remove(struct aaa_proxied_list *list, enum aaa_proxied_list_kind kind,
                           struct aaa_proxied *request) {
  struct aaa_proxied *previous = request->previous[kind], *next = request->next[kind];
  *(previous == NULL ? &list->first : &previous->next[kind]) = next;
  *(next == NULL ? &list->last : &next->previous[kind]) = previous;
  list->count--;
}

bool aaa_proxy_table_init(struct aaa_proxy_table *table, size_t capacity, size_t client_count,
                          const struct node_hooks *hooks) {
  *table = (struct aaa_proxy_table){.client_count = client_count};
  table->requests = calloc(capacity, sizeof *table->requests);
  table->waiting = calloc(client_count, sizeof *table->waiting);
  if (table->requests == NULL || table->waiting == NULL ||
      !radius_known_init(&table->known, capacity, hooks)) {
    aaa_proxy_table_deinit(table, 0);
    return false;
  }
  for (size_t i = 0; i < capacity; i++)
    proxied_append(&table->free, AAA_PROXIED_BY_PHASE, &table->requests[i]);
  return true;
}

void aaa_proxy_table_deinit(struct aaa_proxy_table *table, size_t capacity) {
  for (size_t i = 0; i < capacity; i++)
    if (table->requests[i].phase != AAA_PROXIED_FREE)
      aaa_proxy_table_release(table, &table->requests[i]);
  free(table->requests);
  free(table->waiting);
  radius_known_deinit(&table->known);
}

struct aaa_proxied *aaa_proxy_table_find(const struct aaa_proxy_table *table,
                                         const struct radius_request_key *key) {
  const struct radius_known_request *known = radius_known_find(&table->known, key);
  return known == NULL ? NULL : known->owner;
}

struct aaa_proxied *aaa_proxy_table_in_the_way(const struct aaa_proxy_table *table) {
  if (table->free.first != NULL)
    return NULL;
  if (table->answered.first != NULL)
    return table->answered.first;
  const struct aaa_proxied_list *most = &table->waiting[0];
  for (size_t i = 1; i < table->client_count; i++)
    if (table->waiting[i].count > most->count)
      most = &table->waiting[i];
  return most->first;
}

static struct aaa_proxied_list *list_of(struct aaa_proxy_table *table,
                                        const struct aaa_proxied *request) {
  switch (request->phase) {
  case AAA_PROXIED_WAITING:
    return &table->waiting[request->client];
  case AAA_PROXIED_ANSWERED:
    return &table->answered;
  default:
    return &table->free;
  }
}

static void proxied_set_phase(struct aaa_proxy_table *table, struct aaa_proxied *request,
                              enum aaa_proxied_phase phase) {
  proxied_remove(list_of(table, request), AAA_PROXIED_BY_PHASE, request);
  request->phase = phase;
  proxied_append(list_of(table, request), AAA_PROXIED_BY_PHASE, request);
}

struct aaa_proxied *aaa_proxy_table_take(struct aaa_proxy_table *table, size_t client,
                                         const struct radius_request_key *key) {
  struct aaa_proxied *request = table->free.first;
  assert(request != NULL);
  request->client = client;
  request->server = NULL;
  request->copy = 0;
  radius_known_add(&table->known, &request->known, key, request);
  proxied_set_phase(table, request, AAA_PROXIED_WAITING);
  return request;
}

void aaa_proxy_table_answer(struct aaa_proxy_table *table, struct aaa_proxied *request,
                            uint64_t now_ns) {
  assert(request->phase == AAA_PROXIED_WAITING && request->exchange.phase == RADIUS_IDLE);
  request->answered_ns = now_ns;
  proxied_set_phase(table, request, AAA_PROXIED_ANSWERED);
  aaa_proxy_table_queue(table, request);
}

void aaa_proxy_table_queue(struct aaa_proxy_table *table, struct aaa_proxied *request) {
  if (request->queued)
    return;
  request->queued = true;
  proxied_append(&table->to_write, AAA_PROXIED_TO_WRITE, request);
}

static void proxied_unqueue(struct aaa_proxy_table *table, struct aaa_proxied *request) {
  proxied_remove(&table->to_write, AAA_PROXIED_TO_WRITE, request);
  request->queued = false;
}

struct aaa_proxied *aaa_proxy_table_unqueue(struct aaa_proxy_table *table) {
  struct aaa_proxied *request = table->to_write.first;
  if (request != NULL)
    proxied_unqueue(table, request);
  return request;
}

void aaa_proxy_table_release(struct aaa_proxy_table *table, struct aaa_proxied *request) {
  assert(request->phase != AAA_PROXIED_FREE);
  radius_known_forget(&table->known, &request->known);
  if (request->server != NULL)
    radius_client_cancel(request->server, &request->exchange);
  if (request->queued)
    proxied_unqueue(table, request);
  kept_wipe(&request->answer);
  proxied_set_phase(table, request, AAA_PROXIED_FREE);
}
