/* The requests that an AAA proxy has under way, and those that it has answered, for repetitions: a
 * bounded number. */
#ifndef NODES_AAA_PROXY_TABLE_H
#define NODES_AAA_PROXY_TABLE_H

#include "../radius/client.h"
#include "../radius/forward.h"
#include "../radius/known.h"

enum aaa_proxied_phase { AAA_PROXIED_FREE, AAA_PROXIED_WAITING, AAA_PROXIED_ANSWERED };

/* The lists that a request may be in at once. */
enum aaa_proxied_list_kind { AAA_PROXIED_BY_PHASE, AAA_PROXIED_TO_WRITE, AAA_PROXIED_LISTS };

/* A request of a client. */
struct aaa_proxied {
  enum aaa_proxied_phase phase;
  size_t client; /* index */
  struct radius_known_request known;
  struct radius_client *server; /* towards the next server; NULL: it was not passed on */
  struct radius_exchange exchange;
  uint8_t proxy_state[RADIUS_PROXY_STATE_LENGTH]; /* ours */
  struct kept answer;                             /* once it is answered */
  uint64_t answered_ns;
  unsigned copy; /* transmissions of the answer already made */
  bool queued;   /* to be written */
  struct aaa_proxied *previous[AAA_PROXIED_LISTS], *next[AAA_PROXIED_LISTS];
};

struct aaa_proxied_list {
  struct aaa_proxied *first, *last;
  size_t count;
};

struct aaa_proxy_table {
  struct aaa_proxied *requests;
  size_t client_count;
  struct aaa_proxied_list free, answered, to_write;
  struct aaa_proxied_list *waiting; /* of each client, the oldest first */
  struct radius_known_table known;
};

/* False: memory is short. */
bool aaa_proxy_table_init(struct aaa_proxy_table *table, size_t capacity, size_t client_count,
                          const struct node_hooks *hooks);

/* Ends all exchanges and wipes all answers. */
void aaa_proxy_table_deinit(struct aaa_proxy_table *table, size_t capacity);

/* NULL: this request is not known. */
struct aaa_proxied *aaa_proxy_table_find(const struct aaa_proxy_table *table,
                                         const struct radius_request_key *key);

/* What must be released before another can be taken: the one that was answered longest ago; else
 * the oldest of the client that has most of them under way. NULL: there is a place. */
struct aaa_proxied *aaa_proxy_table_in_the_way(const struct aaa_proxy_table *table);

/* Takes a place for a client's request. There must be one. */
struct aaa_proxied *aaa_proxy_table_take(struct aaa_proxy_table *table, size_t client,
                                         const struct radius_request_key *key);

/* The request, whose exchange has ended, has its answer; queues that. */
void aaa_proxy_table_answer(struct aaa_proxy_table *table, struct aaa_proxied *request,
                            uint64_t now_ns);

/* Queues the answer, once more as a rule; harmless where it waits to be written. */
void aaa_proxy_table_queue(struct aaa_proxy_table *table, struct aaa_proxied *request);

/* The next whose answer is to be written, taken from the queue; or NULL. */
struct aaa_proxied *aaa_proxy_table_unqueue(struct aaa_proxy_table *table);

/* Forgets a request, in whatever phase, with its exchange and its answer. */
void aaa_proxy_table_release(struct aaa_proxy_table *table, struct aaa_proxied *request);

#endif
