/* nodes_crowd PEERS [OPTION=VALUE...]: what a crowd of peers, that begin within as many
 * milliseconds (spread_ms=N: within N), costs the nodes, as one line of figures. For instructions:
 * valgrind --tool=callgrind --toggle-collect=crowd_run nodes_crowd PEERS. */
#include "crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* False: there is no such key, or it does not take this value. */
static bool crowd_set(struct crowd_config *config, const char *name, const char *value) {
  const struct option_row *row = lower_option(name);
  double parsed;
  const size_t number = strtoul(value, NULL, 10);
  if (strcmp(name, "spread_ms") == 0)
    config->spread_ns = number * NODE_MS;
  else if (strcmp(name, "radius_ports") == 0)
    config->radius_ports = number;
  else if (strcmp(name, "rate") == 0)
    config->authenticator_rate = number;
  else if (strcmp(name, "queue") == 0)
    config->authenticator_queue = number;
  else if (row != NULL && option_parse(row, value, &parsed))
    option_set(&config->options, row, parsed);
  else
    return false;
  return true;
}

static void print(const struct crowd_config *config, const struct crowd_result *result,
                  double seconds) {
  static const char *const kinds[] = {"peer", "authenticator", "aaa"};
  const double peers = (double)config->peers;
  printf("peers=%zu established=%zu failed=%zu attempts=%zu last_ms=%.0f datagrams=%zu",
         config->peers, result->established, result->failed, result->attempts,
         (double)result->last_ns / 1e6, result->datagrams);
  printf(" requests=%.0f retransmissions=%.0f outstanding=%zu waiting=%zu",
         (double)result->load.requests, (double)result->load.retransmissions,
         result->load.outstanding_peak, result->load.waiting_peak);
  printf(" us_each=%.0f\n", seconds * 1e6 / peers);
  for (unsigned i = 0; i < CROWD_KINDS; i++)
    printf("  %-14s octets a peer: new %6.0f, at most %6.0f, last joined %6.0f, at rest %6.0f\n",
           kinds[i], (double)result->heap_empty[i] / peers, (double)result->heap_peak[i] / peers,
           (double)result->heap_joined[i] / peers, (double)result->heap_at_rest[i] / peers);
}

int main(int argc, char **argv) {
  struct crowd_config config = {.peers = argc > 1 ? strtoul(argv[1], NULL, 10) : 0,
                                .latency_ns = 10 * NODE_MS,
                                .aaa_latency_ns = 5 * NODE_MS,
                                .radius_ports = RADIUS_PORTS_MAX};
  config.spread_ns = config.peers * NODE_MS;
  for (int i = 2; i < argc; i++) {
    char *value = strchr(argv[i], '=');
    if (value != NULL)
      *value++ = '\0';
    if (value == NULL || !crowd_set(&config, argv[i], value))
      config.peers = 0;
  }
  if (config.peers == 0) {
    fprintf(stderr, "usage: nodes_crowd PEERS [OPTION=VALUE...]\n");
    return 2;
  }
  struct crowd_result result;
  const clock_t begin = clock();
  crowd_run(&config, &result);
  print(&config, &result, (double)(clock() - begin) / CLOCKS_PER_SEC);
  return result.established == config.peers ? 0 : 1;
}
