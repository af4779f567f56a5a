/* What is counted, and written to the log, of what a host sends and says. Private to host*.c. */
#ifndef SIM_RUN_HOST_ACCOUNT_H
#define SIM_RUN_HOST_ACCOUNT_H

#include "host.h"

/* Between two nodes. */
enum ledger_path host_path(const struct topology *topology, size_t from, size_t to);

/* ROLE_COUNT: of no node. */
enum role host_role_at(const struct run *run, size_t node);

/* Counts it among the messages of lower layers and of CoAP, if it is one. */
void host_count_message(const struct host *host, const struct node_datagram *datagram,
                        struct cause cause);

/* A datagram finds no room at the host: written to the run's log, if there is one. */
void host_write_dropped(const struct host *host, uint32_t id);

/* Writes to the run's log, which there is. */
void host_write_message(const struct host *host, size_t to, const struct node_datagram *datagram,
                        uint32_t id);
void host_write_event(const struct host *host, const struct node_event *event);

#endif
