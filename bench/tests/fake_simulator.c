/* Answers as coap-eap-sim does (--describe, --resolve, -j N, --log FILE) with made-up,
 * deterministic results, so that campaigns can be tested without ns-3. Environment:
 *   FAKE_DELAY_US    how long a run takes
 *   FAKE_DIE_AFTER   after so many results it dies by SIGKILL
 *   FAKE_CRASH_SEED  runs with this seed have the outcome `crashed`
 *   FAKE_HANG_SEED   runs with this seed have the outcome `hung`
 *   FAKE_CODE        the hash of the code that it claims
 *   FAKE_COMMIT      the commit that it claims
 *   FAKE_PEERS       so many peers in the results' `peer`
 *   FAKE_PARTS       so many rows more in its ledger, each of a group of its own */
#include "fake_description.h"

#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *as_text(const json_t *value) {
  static char text[64];
  if (json_is_string(value))
    return json_string_value(value);
  snprintf(text, sizeof text, "%.15g", json_number_value(value));
  return text;
}

static bool is_listed(const json_t *values, const json_t *value) {
  for (size_t i = 0; i < json_array_size(values); i++) {
    char text[64];
    snprintf(text, sizeof text, "%s", as_text(json_array_get(values, i)));
    if (strcmp(text, as_text(value)) == 0)
      return true;
  }
  return false;
}

/* Whether all terms hold. */
static bool holds(const json_t *spec, const json_t *terms) {
  const json_t *term, *in, *not ;
  size_t i;
  json_array_foreach(terms, i, term) {
    const json_t *value = json_object_get(spec, json_string_value(json_object_get(term, "key")));
    const char *below = json_string_value(json_object_get(term, "below"));
    in = json_object_get(term, "in");
    not = json_object_get(term, "not");
    if ((in != NULL && !is_listed(in, value)) || (not != NULL && is_listed(not, value)) ||
        (below != NULL &&
         json_number_value(value) >= json_number_value(json_object_get(spec, below))))
      return false;
  }
  return true;
}

static json_t *fake_refused(const json_t *spec) {
  json_t *refusals = fake_table(FAKE_REFUSES), *refusal, *result = NULL;
  size_t i;
  json_array_foreach(refusals, i, refusal) {
    if (result == NULL && holds(spec, json_object_get(refusal, "when")))
      result = json_pack("{s:s, s:O}", "outcome", "unsupported", "reason",
                         json_object_get(refusal, "reason"));
  }
  json_decref(refusals);
  return result;
}

/* The spec with defaults, or NULL with an error. */
static json_t *resolve(json_t *given, json_t *keys, char *error, size_t size) {
  json_t *spec = json_object(), *key, *value;
  size_t i;
  const char *name;
  json_array_foreach(keys, i, key) {
    name = json_string_value(json_object_get(key, "name"));
    value = json_object_get(given, name);
    json_object_set(spec, name, value != NULL ? value : json_object_get(key, "default"));
  }
  json_object_foreach(given, name, value) {
    if (json_object_get(spec, name) == NULL) {
      snprintf(error, size, "unknown key %s", name);
      json_decref(spec);
      return NULL;
    }
  }
  if (json_number_value(json_object_get(spec, "hops")) > 8) {
    snprintf(error, size, "hops: the fake simulator takes 1 to 8");
    json_decref(spec);
    return NULL;
  }
  return spec;
}

static uint64_t hash(const char *text) {
  uint64_t sum = UINT64_C(14695981039346656037);
  for (; *text != '\0'; text++)
    sum = (sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
  return sum;
}

/* Canonical text of what applies, without id and, if `seedless`, without seed. */
static uint64_t identity(const json_t *spec, const json_t *keys, bool seedless) {
  json_t *kept = json_object();
  const json_t *key;
  size_t i;
  json_array_foreach(keys, i, key) {
    const char *name = json_string_value(json_object_get(key, "name"));
    if (strcmp(name, "id") != 0 && !(seedless && strcmp(name, "seed") == 0) &&
        holds(spec, json_object_get(key, "applies")))
      json_object_set_new(kept, name, json_string(as_text(json_object_get(spec, name))));
  }
  char *text = json_dumps(kept, JSON_SORT_KEYS | JSON_COMPACT);
  uint64_t sum = hash(text);
  free(text);
  json_decref(kept);
  return sum;
}

static double uniform(uint64_t *state) {
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static json_t *ledger(double factor) {
  json_t *rows = json_object();
  for (size_t i = 0; i < FAKE_ROW_COUNT; i++)
    json_object_set_new(rows, FAKE_ROWS[i].name, json_integer(lround(FAKE_ROWS[i].bytes * factor)));
  char name[32];
  for (uint64_t i = 0; i < fake_environment("FAKE_PARTS"); i++) {
    snprintf(name, sizeof name, "part_%d", (int)i);
    json_object_set_new(rows, name, json_integer(50));
  }
  return rows;
}

/* What was sent: three messages, the second of which may be sent again. */
static const struct {
  const char *label, *from, *to, *direction, *spans, *udp_payload;
} MESSAGES[] = {
    {"trigger", "peer-1", "authenticator", "up",
     "[['coap_header',4],['coap_token',1],['coap_uri_path',2],['coap_option',3]]",
     "5102dd733eb162d1ea1a"},
    {"EAP-PSK 1", "authenticator", "peer-1", "down",
     "[['coap_header',4],['coap_token',1],['coap_uri_path',4],['coap_seqnum',4],['coap_marker',1],"
     "['eap_header',5],['eap_method',2]]",
     "41020c9f2ab1620135d2258c0aff0100001d2f0082"},
    {"EAP-Success", "authenticator", "peer-1", "down",
     "[['coap_header',4],['coap_token',1],['oscore_option',3],['coap_marker',1],['oscore_code',1],"
     "['coap_uri_path',4],['eap_header',4],['oscore_tag',8]]",
     "41020ca12a920900ff65a7160af9e723522b97a47c0b2fc841b274"},
};
enum { MESSAGE_COUNT = sizeof MESSAGES / sizeof MESSAGES[0], REPEATED = 1 };

/* All of them; the last one also has what is missing to `bytes_air`. */
static json_t *fake_messages(int repeated, int bytes_air) {
  json_t *list = json_array();
  for (int i = 0; i < MESSAGE_COUNT; i++) {
    int datagrams = i == REPEATED ? 1 + repeated : 1;
    int bytes = (int)strlen(MESSAGES[i].udp_payload) / 2 * datagrams;
    bool last = i + 1 == MESSAGE_COUNT;
    json_array_append_new(
        list, json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:{s:i}}", "label", MESSAGES[i].label,
                        "direction", MESSAGES[i].direction, "datagrams", datagrams, "bytes_udp",
                        bytes, "frames", 2 * datagrams, "bytes_air", last ? bytes_air : 3 * bytes,
                        "ledger", last ? "mac_ack" : "coap_header", last ? bytes_air : 3 * bytes));
    bytes_air -= 3 * bytes;
  }
  return list;
}

static FILE *log_file;

static void log_message(int message, double t_ms, int copy) {
  json_t *spans = fake_table(MESSAGES[message].spans);
  json_t *line = json_pack("{s:f, s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:s}", "t_ms", t_ms, "what",
                           "message", "from", MESSAGES[message].from, "to", MESSAGES[message].to,
                           "label", MESSAGES[message].label, "copy", copy, "bytes",
                           (int)strlen(MESSAGES[message].udp_payload) / 2, "spans", spans,
                           "udp_payload", MESSAGES[message].udp_payload);
  json_dumpf(line, log_file, JSON_COMPACT);
  json_decref(line);
  fputc('\n', log_file);
}

static void log_run(int repeated) {
  if (log_file == NULL)
    return;
  double t_ms = 10;
  for (int i = 0; i < MESSAGE_COUNT; i++)
    for (int copy = 0; copy <= (i == REPEATED ? repeated : 0); copy++, t_ms += 2.5)
      log_message(i, t_ms, copy);
  fprintf(log_file,
          "{\"t_ms\":%g,\"what\":\"event\",\"node\":\"peer-1\",\"remote\":\"authenticator\","
          "\"event\":\"confirmed\",\"label\":\"step 7 verified\"}\n",
          t_ms);
}

static bool spec_is(const json_t *spec, const char *key, const char *value) {
  return strcmp(as_text(json_object_get(spec, key)), value) == 0;
}

/* What a run has more octets than the draft's Figure 2. */
static int more_bytes(const json_t *spec) {
  int bytes = 9 * ((int)json_integer_value(json_object_get(spec, "token_bytes")) - 1);
  if (spec_is(spec, "ordering", "seqnum-requests"))
    bytes -= 16;
  else if (!spec_is(spec, "ordering", "seqnum"))
    bytes -= 32;
  if (spec_is(spec, "association", "dtls"))
    bytes += spec_is(spec, "dtls_cookie", "on") ? 520 : 380;
  return bytes;
}

enum { EXCHANGE_FRAMES = 4, FRAME_BYTES = 35, APP_HEADER = 8, APP_RESPONSE = 5 };

static void add_application(json_t *result, const json_t *spec, double hops) {
  bool dtls = spec_is(spec, "association", "dtls");
  int count = (int)json_integer_value(json_object_get(spec, "app_messages"));
  int payload = (int)json_integer_value(json_object_get(spec, "app_payload_bytes"));
  int request = APP_HEADER + payload + (dtls ? 29 : 14), response = APP_RESPONSE + (dtls ? 29 : 11);
  int frames = EXCHANGE_FRAMES + 2 * (request / 105);
  int air = (int)hops * (request + response + frames * FRAME_BYTES);
  json_object_set_new(result, "app_exchanges", json_integer(count));
  json_object_set_new(result, "app_coap_messages", json_integer(2 * count));
  json_object_set_new(result, "app_bytes_udp", json_integer((request + response) * count));
  json_object_set_new(result, "app_bytes_air", json_integer(air * count));
  json_object_set_new(result, "app_frames", json_integer(frames * (int)hops * count));
  json_object_set_new(result, "app_ledger",
                      json_pack("{s:i, s:i}", "coap_header", 8 * count, "oscore_tag", 16 * count));
  static const char *const FIGURES[] = {"app_exchange_bytes_udp", "app_exchange_bytes_air",
                                        "app_exchange_frames",    "app_exchange_ms",
                                        "app_exchange_energy_mj", "app_request_bytes_udp",
                                        "app_response_bytes_udp"};
  const double figures[] = {request + response, air,     frames * hops, 0.04 * air,
                            0.0008 * air,       request, response};
  for (size_t i = 0; i < sizeof FIGURES / sizeof FIGURES[0]; i++)
    json_object_set_new(result, FIGURES[i], count == 0 ? json_null() : json_real(figures[i]));
  json_object_set_new(result, "state_bytes_peak", json_integer(dtls ? 41000 : 600));
  json_object_set_new(result, "state_bytes_after", json_integer(dtls ? 1200 : 500));
  json_object_set_new(result, "state_bytes_ordering",
                      json_integer(spec_is(spec, "ordering", "mid-random") ? 20 : 4));
}

/* Who computes spends half of the energy on it; of others nobody knows. */
static void add_energy(json_t *result, double time_ms, bool computes) {
  const double radio_mj = 0.02 * time_ms, cpu_mj = computes ? radio_mj : 0;
  json_object_set_new(result, "energy_peer_mj", json_real(radio_mj + cpu_mj));
  json_object_set_new(result, "energy_peer_transmit_mj", json_real(0.25 * radio_mj));
  json_object_set_new(result, "energy_peer_listen_mj", json_real(0.75 * radio_mj));
  json_object_set_new(result, "energy_peer_cpu_mj", computes ? json_real(cpu_mj) : json_null());
}

static json_t *fake_run(json_t *spec, const json_t *keys) {
  uint64_t state = identity(spec, keys, false);
  double hops = json_number_value(json_object_get(spec, "hops"));
  double loss = json_number_value(json_object_get(spec, "frame_loss"));
  if (strcmp(as_text(json_object_get(spec, "loss_model")), "bit") == 0)
    loss *= 0.6;
  double lost = 1 - pow(1 - pow(loss, 2), 2 * hops), time_ms = 0;
  int repeated = 0;
  bool failed = false;
  for (int message = 0; message < 10; message++) {
    double wait_ms = 2000;
    int tries = 0;
    time_ms += hops * (9 + 4 * uniform(&state) + 30 * loss);
    for (; uniform(&state) < lost && tries < 5; tries++, repeated++) {
      time_ms += wait_ms * (1 + uniform(&state) / 2);
      wait_ms *= 2;
    }
    failed = failed || tries == 3 || tries == 5;
  }
  double factor = (1 + loss * 1.4) + repeated * 0.09;
  json_t *result = json_pack(
      "{s:s, s:s, s:o, s:o, s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "outcome",
      failed ? "failed" : "established", "reason", failed ? "no answer, to the last" : "", "spec",
      json_incref(spec), "time_ms", failed ? json_null() : json_real(time_ms), "time_method_ms",
      failed ? json_null() : json_real(time_ms * 0.4), "coap_messages", 10 + repeated,
      "coap_retransmissions", repeated, "frames", (int)lround(30 * hops * factor), "mac_retries",
      (int)lround(30 * hops * loss), "bytes_udp", 436 + 43 * repeated + more_bytes(spec),
      "bytes_air", (int)lround((1014 + more_bytes(spec)) * hops * factor), "bytes_air_peer_link",
      (int)lround((1014 + more_bytes(spec)) * factor));
  json_object_set_new(result, "ledger", ledger(hops * factor));
  json_object_set_new(result, "datagrams", json_integer(10 + repeated));
  json_object_set_new(result, "datagrams_repeated", json_integer(repeated));
  add_application(result, spec, hops);
  json_object_set_new(result, "phases",
                      json_pack("{s:{s:{s:O}}, s:{s:{s:O}}}", "authentication", "first",
                                "bytes_air", json_object_get(result, "bytes_air"), "application",
                                "first", "bytes_air", json_object_get(result, "app_bytes_air")));
  json_object_set_new(result, "messages",
                      fake_messages(repeated, (int)lround(1014 * hops * factor)));
  json_t *peers = json_pack("[{s:s}]", "name", "peer-1");
  for (uint64_t i = 1; i < fake_environment("FAKE_PEERS"); i++)
    json_array_append_new(peers, json_pack("{s:s, s:I}", "name", "peer", "number", (json_int_t)i));
  json_object_set_new(result, "peer", peers);
  json_object_set_new(
      result, "radio_ms",
      json_pack("{s:{s:f, s:f}}", "peer", "listen", 0.8 * time_ms, "transmit", 0.2 * time_ms));
  log_run(repeated);
  json_object_set_new(result, "ledger_peer_link", ledger(factor));
  add_energy(result, time_ms, spec_is(spec, "crypto", "slow"));
  if (!failed)
    json_object_set_new(result, "time_parts_ms",
                        json_pack("{s:f, s:f, s:f}", "cpu_peer", 0.25 * time_ms, "air",
                                  0.5 * time_ms, "backoff", 0.25 * time_ms));
  json_object_set_new(result, "joined_ratio", json_real(failed ? 0.8 : 1));
  json_object_set_new(result, "joined_ms",
                      json_pack("{s:f, s:f, s:o}", "50", 0.5 * time_ms, "75", 0.75 * time_ms, "100",
                                failed ? json_null() : json_real(time_ms)));
  json_object_set_new(result, "wall_ms", json_real((double)getpid() / 1000));
  return result;
}

static bool has_seed_of(const json_t *spec, const char *variable) {
  return getenv(variable) != NULL && json_integer_value(json_object_get(spec, "seed")) ==
                                         (json_int_t)fake_environment(variable);
}

/* As --resolve --seeds does. */
static void fake_resolve(const json_t *id, json_t *spec, const json_t *keys, uint64_t seeds) {
  const json_int_t first = json_integer_value(json_object_get(spec, "seed"));
  for (uint64_t i = 0; i < seeds; i++) {
    char key[32];
    json_object_set_new(spec, "seed", json_integer(first + (json_int_t)i));
    snprintf(key, sizeof key, "%016llx",
             (unsigned long long)(identity(spec, keys, false) ^ hash(fake_code())));
    fake_print(i == 0 ? json_pack("{s:O*, s:s, s:O}", "id", id, "key", key, "spec", spec)
                      : json_pack("{s:s}", "key", key));
  }
  json_decref(spec);
}

/* Runs, or resolves so many seeds. */
static void fake_answer(json_t *given, json_t *keys, uint64_t seeds) {
  char error[128];
  json_t *id = json_incref(json_object_get(given, "id"));
  json_t *spec = resolve(given, keys, error, sizeof error);
  if (spec == NULL) {
    fake_print(json_pack("{s:O*, s:s}", "id", id, "error", error));
    json_decref(id);
    return;
  }
  if (seeds > 0) {
    fake_resolve(id, spec, keys, seeds);
  } else {
    json_t *result = has_seed_of(spec, "FAKE_CRASH_SEED")
                         ? json_pack("{s:s, s:s}", "outcome", "crashed", "reason", "signal 11")
                     : has_seed_of(spec, "FAKE_HANG_SEED")
                         ? json_pack("{s:s, s:s}", "outcome", "hung", "reason", "no result")
                         : fake_refused(spec);
    if (result == NULL)
      result = fake_run(spec, keys);
    json_object_set(result, "id", id);
    json_object_set_new(result, "code", json_pack("{s:s}", "hash", fake_code()));
    json_decref(spec);
    fake_print(result);
  }
  json_decref(id);
}

/* Runs, or resolves so many seeds of each. */
static void answer_all(uint64_t seeds) {
  const bool only_resolve = seeds > 0;
  json_t *keys = fake_table(FAKE_SPEC);
  uint64_t done = 0;
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    if (!only_resolve && getenv("FAKE_DIE_AFTER") != NULL &&
        done == fake_environment("FAKE_DIE_AFTER"))
      raise(SIGKILL);
    if (!only_resolve && fake_environment("FAKE_DELAY_US") > 0)
      usleep((useconds_t)fake_environment("FAKE_DELAY_US"));
    json_t *given = json_loads(line, 0, NULL);
    fake_answer(given, keys, seeds);
    json_decref(given);
    done++;
    if (!only_resolve)
      fflush(stdout);
  }
  free(line);
  json_decref(keys);
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "--log") == 0)
    log_file = fopen(argv[2], "w");
  if (argc > 1 && strcmp(argv[1], "--describe") == 0)
    fake_describe();
  else if (argc > 3 && strcmp(argv[1], "--resolve") == 0)
    answer_all(strtoull(argv[3], NULL, 10));
  else
    answer_all(0);
  if (log_file != NULL)
    fclose(log_file);
  return 0;
}
