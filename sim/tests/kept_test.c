/* A run in a process that made others before it, in the world that they left, equals the same run
 * in a process of its own: results, logs and captures of random specs, in two random orders.
 *
 *   sim_kept_test [COUNT [SEED]]   so many specs (1000); other specs with another seed (1) */
#define _GNU_SOURCE
#include "cast/edhoc_credentials.h"
#include "ns3/world.h"
#include "run/run.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  COUNT = 1000,
  TEXT_MAX = 4096,
  ORDERS = 2,
  COLD_EVERY = 8, /* of the processes of their own, so many have never seen ns-3 */
};

/* What to draw specs from: half of the time a key is absent. Texts of values, as in JSON. */
struct choice {
  const char *key;
  const char *values; /* separated by blanks */
};

static const struct choice network_choices[] = {
    {"topology", "\"line\" \"star\" \"tree\" \"grid\" \"disc\""},
    {"ace_profile", "\"off\" \"coap_oscore\" \"coap_dtls\""},
    {"resource_servers", "1 1 2"},
    {"hops", "1 1 2 3 4 7"},
    {"peers", "1 1 2 3 5 12"},
    {"fan_out", "1 2"},
    {"neighbourhood", "\"von-neumann\" \"moore\""},
    {"neighbours", "6 12"},
    {"topology_seed", "0 1 2"},
    {"channel", "\"ns3\" \"addressed\""},
    {"aaa", "\"radius\" \"local\""},
    {"aaa_delay_ms", "0 5 40.5"},
    {"aaa_hops", "0 1 2"},
    {"realm", "\"\" \"a.b\""},
    {"bootstrapping", "\"off\" \"off\" \"integrated\" \"non-integrated\""},
    {"application_servers", "1 2 5"},
    {"aps_at", "\"mesh\" \"behind\""},
    {"aps_hops", "1 1 2"},
    {"aps_delay_ms", "0 7.5"},
    {"aa_delay_ms", "0 12"},
    {"recommissioning", "\"off\" \"on\""},
};

static const struct choice run_choices[] = {
    {"lower_layer", "\"coap-eap\" \"coap-eap\" \"coap-eap-rfc9820\" \"coap-eap-rfc9820\" "
                    "\"edhoc\" \"pana\""},
    {"rfc9820_content_format", "\"on\" \"off\""},
    {"rfc9820_uris", "\"short\" \"long\""},
    {"rfc9820_kdf", "\"expand\" \"hkdf\""},
    {"cipher_suites_offered", "\"none\" \"0\" \"1\" \"2\" \"3\" \"0+1+2+3\" \"3+2+1+0\""},
    {"cipher_suites_supported", "\"0+1+2+3\" \"3+2+1+0\" \"1\""},
    {"rid_c_bytes", "0 1 6"},
    {"rid_i_bytes", "1 2 6"},
    {"session_lifetime_s", "0 20 28800"},
    {"association", "\"oscore\" \"dtls\""},
    {"oscore_id_context", "\"identity\" \"none\""},
    {"oscore_suite", "\"0\" \"1\" \"3\""},
    {"dtls_cookie", "\"off\" \"on\""},
    {"dtls_suite", "\"aes128-ccm-8\" \"aes128-ccm\" \"aes128-gcm\""},
    {"dtls_suites_taken", "\"all\" \"aes128-ccm\""},
    {"dtls_timeout_ms", "1000 3000"},
    {"ack_timeout_ms", "500 2000 4000"},
    {"ack_random_factor", "1 1.5 3"},
    {"max_retransmit", "0 2 4"},
    {"ordering", "\"seqnum\" \"seqnum-requests\" \"mid-random\" \"mid-monotonic\""},
    {"seqnum_bytes", "1 2 4"},
    {"token_bytes", "0 1 4 8"},
    {"separate_response", "\"off\" \"on\""},
    {"coap_roles", "\"authenticator-client\" \"authenticator-client\" \"peer-client\""},
    {"ack_delay_ms", "0 300 1000"},
    {"location_option", "\"uri-path\" \"location-path\""},
    {"trigger_retry_ms", "500 2000"},
    {"method", "\"eap-psk\" \"eap-edhoc\""},
    {"edhoc_method", "0 3"},
    {"edhoc_suite", "2 3"},
    {"credential", "\"kid\" \"x5t\" \"x5chain\""},
    {"certificate_bytes", "290 600"},
    {"eap_mtu", "64 300 1020"},
    {"trigger", "\"on\" \"off\""},
    {"authentications", "1 2 3"},
    {"reauthentication", "\"full\" \"resumption\" \"erp-peer\" \"erp-authenticator\""},
    {"reauthentication_delay_ms", "0 1000 70000"},
    {"root_lifetime_s", "2 604800"},
    {"lifetime_s", "0 2 100"},
    {"pull", "\"erp\" \"psk-identity\" \"configured\""},
    {"aps_named", "\"on\" \"off\""},
    {"as_fault", "\"none\" \"none\" \"silent\" \"refusing\""},
    {"key_lifetime_s", "0 2 100"},
    {"aps_crypto", "\"none\" \"cortex-m4-p256m\""},
    {"token_lifetime_s", "1 20 3600"},
    {"token_lifetime_told", "\"off\" \"on\""},
    {"token_audience", "\"off\" \"on\""},
    {"token_scope", "\"short\" \"aif\""},
    {"token_rights", "\"all\" \"all\" \"get\" \"other\" \"none\""},
    {"token_transfer", "\"authz-info\" \"handshake\""},
    {"token_kid_bytes", "\"1\" \"8\""},
    {"phone_crypto", "\"none\" \"cortex-m4-p256m\""},
    {"app_messages", "0 1 5"},
    {"app_payload_bytes", "0 16 200 1000"},
    {"app_interval_ms", "0 1000"},
    {"app_direction", "\"from-peer\" \"from-authenticator\""},
    {"app_method", "\"post\" \"get\""},
    {"termination", "\"off\" \"on\""},
    {"identity_bytes", "1 13 150 253"},
    {"server_id_bytes", "7 200"},
    {"peer_id_bytes", "6 200"},
    {"start_spread_ms", "0 100 5000"},
    {"frame_loss", "0 0.05 0.2 0.5 1"},
    {"capture", "\"ns3\" \"none\" \"sinr\""},
    {"capture_db", "-20 -1 3"},
    {"forwarding", "\"always\" \"joined\""},
    {"radius_ports", "1 4 64"},
    {"authorization", "\"none\" \"filter-id\" \"rules\" \"denied\" \"saml\" \"controller-only\""},
    {"authorization_rules", "1 2 20"},
    {"saml_bytes", "1 251 800"},
    {"aaa_suite", "\"none\" \"0\" \"3\" \"aes128-gcm\""},
    {"refused", "\"none\" \"none\" \"in-method\" \"after-method\""},
    {"peer_detail", "\"on\" \"off\""},
    {"loss_model", "\"frame\" \"bit\""},
    {"mac_max_retries", "0 1 3 7"},
    {"mac_queue_frames", "0 1 4"},
    {"radio_policy", "\"always-on\" \"off-while-idle\" \"off-while-computing\" "
                     "\"polling\" \"polling\""},
    {"poll_ms", "100 1000 9000"},
    {"linger_ms", "0 100 3000"},
    {"crypto", "\"none\" \"cortex-m4-tinycrypt\" \"cryptocell-310\""},
    {"authenticator_crypto", "\"none\" \"none\" \"cortex-m4-p256m\""},
    {"cpu_queue_datagrams", "1 8"},
    {"trigger_backoff", "\"fixed\" \"exponential\""},
    {"trigger_repetitions", "0 2"},
    {"join_attempts", "1 2"},
    {"join_backoff_ms", "1000"},
    {"fault", "\"none\" \"none\" \"none\" \"wrong-key\" \"unknown-user\" \"silent-aaa\" "
              "\"no-authenticator\""},
    {"time_limit_s", "1 2 3 60 600"},
};

/* Ends in the midst of traffic, with frames in the queues of all. */
#define STORM                                                                                      \
  "\"peers\": 20, \"frame_loss\": 0.5, \"identity_bytes\": 253, \"mac_max_retries\": 7, "          \
  "\"ack_timeout_ms\": 500, \"app_messages\": 3, \"app_payload_bytes\": 1000, "                    \
  "\"app_interval_ms\": 0"

static const char file_network[] = "\"topology\": \"file\", \"links\": \"" PROOF_LINKS "\", ";

/* The number of peers is not to be given. */
static const char five_network[] =
    "\"topology\": \"five\", \"hops\": 2, \"server_hops\": 1, \"apart_hops\": 3, \"phones\": 2, ";

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* splitmix64 */
static uint64_t draw(uint64_t *state, uint64_t bound) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (z ^ (z >> 31)) % bound;
}

/* Composing specs */

static void write_choices(FILE *text, const struct choice *choices, size_t count, uint64_t *state) {
  for (size_t i = 0; i < count; i++) {
    if (draw(state, 2) == 0)
      continue;
    char values[256];
    snprintf(values, sizeof values, "%s", choices[i].values);
    const char *value[16];
    size_t values_count = 0;
    for (char *next = strtok(values, " "); next != NULL; next = strtok(NULL, " "))
      value[values_count++] = next;
    fprintf(text, "\"%s\": %s, ", choices[i].key, value[draw(state, values_count)]);
  }
}

/* Most networks come several times in a row, and again later. */
static void compose_network(char network[TEXT_MAX], uint64_t *state) {
  FILE *text = fmemopen(network, TEXT_MAX, "w");
  uint64_t which = draw(state, 40);
  if (which == 0)
    fputs(file_network, text);
  else if (which <= 2)
    fprintf(text, "%s\"phone_at\": \"%s\", \"ace_profile\": \"coap_oscore\", ", five_network,
            which == 1 ? "mesh" : "behind");
  else
    write_choices(text, network_choices, COUNT_OF(network_choices), &which);
  fclose(text);
}

static void compose_spec(char text[TEXT_MAX], char network[TEXT_MAX], uint64_t *state) {
  if (draw(state, 10) == 0) {
    snprintf(text, TEXT_MAX, "{" STORM ", \"channel\": \"%s\", \"time_limit_s\": %d, \"seed\": %d}",
             draw(state, 2) == 0 ? "ns3" : "addressed", (int)draw(state, 3) + 1,
             (int)draw(state, 1000));
    return;
  }
  if (draw(state, 3) == 0)
    compose_network(network, state);
  FILE *stream = fmemopen(text, TEXT_MAX, "w");
  fprintf(stream, "{%s", network);
  write_choices(stream, run_choices, COUNT_OF(run_choices), state);
  fprintf(stream, "\"seed\": %llu}", (unsigned long long)draw(state, UINT64_C(1) << 53));
  fclose(stream);
}

/* What comes of a run */

enum part { PART_RESULT, PART_LOG, PART_CAPTURES, PART_COUNT };

static const char *const part_names[] = {"another result", "another log", "other captures"};

/* FNV-1a; of the captures, the sum of the files'. */
struct outcome_hash {
  uint64_t part[PART_COUNT];
};

static uint64_t hash(uint64_t value, const void *octets, size_t length) {
  for (size_t i = 0; i < length; i++)
    value = (value ^ ((const uint8_t *)octets)[i]) * UINT64_C(0x100000001b3);
  return value;
}

static const uint64_t HASH_START = UINT64_C(0xcbf29ce484222325);

static uint64_t hash_file(const char *folder, const char *name) {
  char path[512], octets[65536];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    abort();
  uint64_t value = hash(HASH_START, name, strlen(name));
  size_t length;
  while ((length = fread(octets, 1, sizeof octets, file)) > 0)
    value = hash(value, octets, length);
  fclose(file);
  unlink(path);
  return value;
}

static uint64_t hash_folder(const char *folder) {
  DIR *directory = opendir(folder);
  uint64_t sum = 0;
  for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.')
      sum += hash_file(folder, entry->d_name);
  if (directory != NULL)
    closedir(directory);
  rmdir(folder);
  return sum;
}

/* Without wall_ms, which is last. */
static uint64_t hash_result(const char *line) {
  const char *wall = strstr(line, ",\"wall_");
  return hash(HASH_START, line, wall == NULL ? strlen(line) : (size_t)(wall - line));
}

static struct outcome_hash run_one(const char *text, const char *folder, struct run_home *home) {
  char *log_data = NULL, error[SPEC_ERROR_MAX];
  size_t log_length = 0;
  struct spec spec;
  if (!spec_parse(text, &spec, error)) {
    fprintf(stderr, "%s: %s\n", text, error);
    exit(EXIT_FAILURE);
  }
  const struct run_options options = {
      .pcap_directory = folder, .log = open_memstream(&log_data, &log_length), .home = home};
  struct run_end end;
  char *line = run_spec(&spec, &options, &end);
  fclose(options.log);
  const struct outcome_hash found = {{[PART_RESULT] = hash_result(line),
                                      [PART_LOG] = hash(HASH_START, log_data, log_length),
                                      [PART_CAPTURES] = hash_folder(folder)}};
  free(line);
  free(log_data);
  return found;
}

/* Processes */

struct trial {
  size_t count;
  char (*specs)[TEXT_MAX];
  struct outcome_hash *alone;        /* shared with the processes that fill it; by spec */
  struct outcome_hash *kept[ORDERS]; /* likewise, by order */
  char folder[32];
};

static void *share(size_t count, size_t size) {
  void *memory =
      mmap(NULL, count * size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    abort();
  return memory;
}

static pid_t fork_or_end(void) {
  const pid_t child = fork();
  if (child < 0)
    abort();
  return child;
}

/* Whether a process ended in order. */
static bool ended_well(pid_t child) {
  int status;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool run_alone(const struct trial *trial, size_t i) {
  char folder[64];
  snprintf(folder, sizeof folder, "%s/alone", trial->folder);
  const pid_t child = fork_or_end();
  if (child == 0) {
    trial->alone[i] = run_one(trial->specs[i], folder, NULL);
    _exit(0);
  }
  return ended_well(child);
}

static void run_kept(const struct trial *trial, size_t order) {
  char folder[64];
  snprintf(folder, sizeof folder, "%s/kept-%zu", trial->folder, order);
  uint64_t state = 1000 + order;
  size_t *turn = malloc(trial->count * sizeof *turn);
  for (size_t i = 0; i < trial->count; i++)
    turn[i] = i;
  /* The first is as composed, with networks that repeat. */
  for (size_t i = trial->count; order > 0 && i > 1; i--) {
    const size_t j = (size_t)draw(&state, i), other = turn[j];
    turn[j] = turn[i - 1];
    turn[i - 1] = other;
  }
  struct run_home *home = run_home_create();
  for (size_t i = 0; i < trial->count; i++)
    trial->kept[order][turn[i]] = run_one(trial->specs[turn[i]], folder, home);
  run_home_destroy(home);
  free(turn);
}

static pid_t start_kept(const struct trial *trial, size_t order) {
  const pid_t child = fork_or_end();
  if (child == 0) {
    run_kept(trial, order);
    _exit(0);
  }
  return child;
}

/* Each spec in processes of their own and among others; false: one did not end in order. */
static bool run_all(const struct trial *trial) {
  bool good = true;
  for (size_t i = 0; i < trial->count; i += COLD_EVERY)
    good = run_alone(trial, i) && good;
  world_warm_up();
  edhoc_credentials_warm_up();
  pid_t children[ORDERS];
  for (size_t order = 0; order < ORDERS; order++)
    children[order] = start_kept(trial, order);
  for (size_t i = 0; i < trial->count; i++)
    if (i % COLD_EVERY != 0)
      good = run_alone(trial, i) && good;
  for (size_t order = 0; order < ORDERS; order++)
    good = ended_well(children[order]) && good;
  return good;
}

static size_t count_differences(const struct trial *trial, size_t i) {
  size_t count = 0;
  for (size_t order = 0; order < ORDERS; order++)
    for (size_t part = 0; part < PART_COUNT; part++)
      if (trial->alone[i].part[part] != trial->kept[order][i].part[part]) {
        count++;
        fprintf(stderr, "spec %zu, order %zu: %s: %s\n", i, order, part_names[part],
                trial->specs[i]);
      }
  return count;
}

int main(int argc, char **argv) {
  struct trial trial = {.count = argc > 1 ? strtoul(argv[1], NULL, 10) : COUNT,
                        .folder = "/tmp/kept_test_XXXXXX"};
  uint64_t state = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
  if (mkdtemp(trial.folder) == NULL)
    return EXIT_FAILURE;
  char network[TEXT_MAX] = "";
  trial.specs = share(trial.count, sizeof *trial.specs);
  for (size_t i = 0; i < trial.count; i++)
    compose_spec(trial.specs[i], network, &state);
  trial.alone = share(trial.count, sizeof *trial.alone);
  for (size_t order = 0; order < ORDERS; order++)
    trial.kept[order] = share(trial.count, sizeof *trial.kept[order]);
  const bool good = run_all(&trial);
  size_t differences = 0;
  for (size_t i = 0; i < trial.count; i++)
    differences += count_differences(&trial, i);
  rmdir(trial.folder);
  printf("%zu specs, alone and in %d orders: %zu differences\n", trial.count, ORDERS, differences);
  return good && differences == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
