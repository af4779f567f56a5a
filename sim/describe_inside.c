/* Names inside of results: from the tables that results are made from; where there is none, as
 * here, a test compares with results. */
#include "describe_inside.h"

#include "account/meter.h"
#include "account/row.h"
#include "account/timeline.h"
#include "cast/role.h"
#include "spec/spec.h"

#include <string.h>

enum { LEVELS_MAX = 3 };

static json_t *names_of(const char *const *names) {
  json_t *array = json_array();
  for (; *names != NULL; names++)
    json_array_append_new(array, json_string(*names));
  return array;
}

static json_t *any(void) {
  return names_of((const char *const[]){"*", NULL});
}

static json_t *rows(void) {
  json_t *array = json_array();
  for (unsigned row = 0; row < ROW_ALL_COUNT; row++)
    json_array_append_new(array, json_string(row_text(row)->name));
  return array;
}

static json_t *causes(void) {
  json_t *array = json_array();
  for (size_t i = 0; i < CAUSE_COUNT; i++)
    json_array_append_new(array, json_string(time_cause_name((enum time_cause)i)));
  return array;
}

static json_t *phases(void) {
  json_t *array = json_array();
  for (size_t i = 0; i < NODE_PHASE_COUNT; i++)
    json_array_append_new(array, json_string(node_phase_name((enum node_phase)i)));
  return array;
}

static json_t *primitives(void) {
  json_t *array = json_array();
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++)
    json_array_append_new(array, json_string(node_primitive_name((enum node_primitive)i)));
  return array;
}

static json_t *parties(void) {
  json_t *array = json_array();
  for (size_t i = 0; i < PARTY_COUNT; i++)
    json_array_append_new(array, json_string(party_name((enum party)i)));
  return array;
}

static json_t *radio_states(void) {
  json_t *array = json_array();
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    json_array_append_new(array, json_string(meter_state_name((enum world_radio)i)));
  return array;
}

static json_t *energies(void) {
  json_t *array = json_array();
  for (size_t i = 0; i < ENERGY_COUNT; i++)
    json_array_append_new(array, json_string(energy_name((enum energy)i)));
  return array;
}

static json_t *spec_keys(void) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  json_t *array = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(array, json_string(fields[i].name));
  return array;
}

static json_t *network(void) {
  return names_of((const char *const[]){"hops_max", "hops_mean", "neighbours_mean", NULL});
}

/* 1, 5, 10, 15 ... 95, 99, 100 */
static json_t *percents(void) {
  json_t *array = json_array();
  json_array_append_new(array, json_string("1"));
  for (int i = 5; i < 100; i += 5)
    json_array_append_new(array, json_sprintf("%d", i));
  json_array_append_new(array, json_string("99"));
  json_array_append_new(array, json_string("100"));
  return array;
}

static json_t *radio_owners(void) {
  return names_of((const char *const[]){"peer", "relays", "authenticator", "phone", NULL});
}

static json_t *turns(void) {
  return names_of((const char *const[]){"first", "again", NULL});
}

static json_t *phase_figures(void) {
  return names_of((const char *const[]){
      "completed", "failed", "time_ms", "energy_peer_mj", "coap_messages", "coap_retransmissions",
      "datagrams", "datagrams_repeated", "frames", "frames_ack", "mac_retries", "bytes_udp",
      "bytes_air", "bytes_air_peer_link", "bytes_air_repeated", "bytes_backhaul", "ledger",
      "primitives", NULL});
}

static json_t *message_figures(void) {
  return names_of((const char *const[]){"datagrams", "datagrams_repeated", "bytes_udp", "frames",
                                        "frames_ack", "mac_retries", "bytes_air", "ledger", NULL});
}

static json_t *link_figures(void) {
  return names_of((const char *const[]){"datagrams", "bytes_udp", "bytes_air", "bytes_wire", NULL});
}

static json_t *use_case_roles(void) {
  return names_of((const char *const[]){"peer", "phone", "resource-server", "authenticator", NULL});
}

static json_t *use_case_figures(void) {
  return names_of((const char *const[]){"completed", "time_ms", "energy_mj", "whole_ms",
                                        "whole_energy_mj", NULL});
}

json_t *describe_inside(const char *result) {
  static const struct {
    const char *result;
    json_t *(*level[LEVELS_MAX])(void);
  } INSIDE[] = {
      {"spec", {spec_keys}},
      {"network", {network}},
      {"time_parts_ms", {causes}},
      {"joined_ms", {percents}},
      {"ledger", {rows}},
      {"ledger_peer_link", {rows}},
      {"ledger_backhaul", {rows}},
      {"app_ledger", {rows}},
      {"app_ledger_peer_link", {rows}},
      {"messages", {any, message_figures}},
      {"radio_ms", {radio_owners, radio_states}},
      {"energy_mj", {radio_owners, energies}},
      {"primitives", {parties, primitives}},
      {"app_primitives", {parties, primitives}},
      {"links", {any, phases, link_figures}},
      {"parties", {use_case_roles, phases, use_case_figures}},
      {"phases", {phases, turns, phase_figures}},
      {"peer", {NULL}}, /* items of an array that have no label */
      {"code", {NULL}},
  };
  for (size_t i = 0; i < sizeof INSIDE / sizeof INSIDE[0]; i++) {
    if (strcmp(INSIDE[i].result, result) != 0)
      continue;
    json_t *levels = json_array();
    for (size_t j = 0; j < LEVELS_MAX && INSIDE[i].level[j] != NULL; j++)
      json_array_append_new(levels, INSIDE[i].level[j]());
    return levels;
  }
  return NULL;
}
