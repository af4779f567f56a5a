/* Counting and writing down. */
#include "host_account.h"

#include "account/log.h"
#include "bootstrapping.h"

bool host_has_row(const struct node_datagram *datagram, uint16_t row) {
  for (size_t i = 0; i < datagram->spans.count; i++)
    if (datagram->spans.item[i].row == row)
      return true;
  return false;
}

enum ledger_path host_path(const struct topology *topology, size_t from, size_t to) {
  const size_t radios = topology->radio_count;
  if ((from >= radios || from == 0) && (to >= radios || to == 0))
    return LEDGER_WIRE;
  if (to >= radios || topology_is_above(topology, to, from))
    return LEDGER_UP;
  if (from >= radios || topology_is_above(topology, from, to))
    return LEDGER_DOWN;
  return LEDGER_ACROSS;
}

enum role host_role_at(const struct run *run, size_t node) {
  return node == WORLD_NODE_NONE ? ROLE_COUNT : run->hosts[node].role;
}

void host_count_message(const struct host *host, const struct node_datagram *datagram,
                        struct cause cause) {
  struct run *run = host->run;
  struct run_messages *messages = &run->messages[cause.phase][cause.turn];
  const struct bootstrapping *all = run->bootstrapping;
  if (!host_has_row(datagram, run->lower->header_row) && !host_has_row(datagram, ROW_COAP_HEADER) &&
      (all == NULL || !host_has_row(datagram, all->lower->header_row)))
    return; /* the application's are of CoAP, whatever carries EAP */
  messages->sent++;
  messages->repeated += datagram->copy > 0;
  messages->repeated_by_peers += datagram->copy > 0 && role_is_peer(host->role);
}

void host_write_message(const struct host *host, size_t to, const struct node_datagram *datagram,
                        uint32_t id) {
  char from_name[TOPOLOGY_NAME_MAX], to_name[TOPOLOGY_NAME_MAX];
  topology_name(&host->run->topology, host->index, from_name);
  topology_name(&host->run->topology, to, to_name);
  log_message(host->run->log, host_now(host), from_name, to_name, datagram, id);
}

void host_write_dropped(const struct host *host, uint32_t id) {
  char name[TOPOLOGY_NAME_MAX];
  topology_name(&host->run->topology, host->index, name);
  log_dropped(host->run->log, host_now(host), name, id);
}

void host_write_event(const struct host *host, const struct node_event *event) {
  char name[TOPOLOGY_NAME_MAX], remote[TOPOLOGY_NAME_MAX];
  topology_name(&host->run->topology, host->index, name);
  topology_name(&host->run->topology, world_node(host->run->world, event->remote.ip), remote);
  log_event(host->run->log, host_now(host), name, remote, event);
}
