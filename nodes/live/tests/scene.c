/* The parties of the tests. */
#define _GNU_SOURCE
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64 };

/* Our roles */

/* Whether this option is among the arguments, too; by its name. */
static bool is_overridden(const char *option, const char *const *arguments) {
  const size_t length = strcspn(option, "=");
  for (size_t i = 0; arguments != NULL && arguments[i] != NULL; i++)
    if (strncmp(arguments[i], option, length) == 0 &&
        (arguments[i][length] == '\0' || arguments[i][length] == '='))
      return true;
  return false;
}

void scene_start_role(struct process *process, const char *name, const char *role,
                      const char *const *first, const char *const *second) {
  const char *argv[PROCESS_ARGUMENTS_MAX] = {COAP_EAP_NODE, role, "--json"};
  size_t count = 3;
  const char *const *const lists[] = {first, second};
  bool kept = true;
  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; lists[i] != NULL && lists[i][j] != NULL; j++) {
      assert_true(count < PROCESS_ARGUMENTS_MAX - 1);
      if (lists[i][j][0] == '-')
        kept = i == 1 || !is_overridden(lists[i][j], second);
      if (kept)
        argv[count++] = lists[i][j];
    }
  process_start(process, name, argv);
}

/* The port of "127.0.0.1:4711" or "[::1]:4711". */
static uint16_t port_of(const char *address) {
  const char *colon = strrchr(address, ':');
  assert_non_null(colon);
  return (uint16_t)strtoul(colon + 1, NULL, 10);
}

static void await_listening(struct scene_server *server) {
  process_expect(&server->process, "\"event\":\"listening\"", SCENE_LIMIT_MS);
  char *address = scene_value(&server->process, "listening", "remote", 0);
  server->port = port_of(address);
  free(address);
}

void scene_start_server(struct scene_server *server, const char *name, const char *const *argv) {
  process_start(&server->process, name, argv);
  await_listening(server);
}

void scene_start_server_role(struct scene_server *server, const char *name, const char *role,
                             const char *const *usual, const char *const *arguments) {
  scene_start_role(&server->process, name, role, usual, arguments);
  await_listening(server);
}

void scene_start_aaa(struct scene_server *aaa, const char *const *arguments) {
  static const char *const usual[] = {"--bind",      "127.0.0.1:0",   "--client", "127.0.0.1",
                                      "--secret",    SCENE_SECRET,    "--psk",    SCENE_PSK,
                                      "--server-id", SCENE_SERVER_ID, NULL};
  scene_start_server_role(aaa, "aaa", "aaa", usual, arguments);
}

void scene_start_authenticator(struct scene_server *authenticator, const char *const *arguments) {
  static const char *const usual[] = {"--bind", "127.0.0.1:0", NULL};
  scene_start_server_role(authenticator, "authenticator", "authenticator", usual, arguments);
}

void scene_start_pass_through(struct scene_server *authenticator, uint16_t radius_port,
                              const char *secret) {
  char server[TEXT_MAX];
  snprintf(server, sizeof server, "127.0.0.1:%u", radius_port);
  const char *const arguments[] = {
      "--radius-server", server,        "--secret", secret, "--radius-bind",
      "127.0.0.1:0",     "--peers-max", "20000",    "-v",   NULL};
  scene_start_authenticator(authenticator, arguments);
}

void scene_start_peer(struct process *peer, uint16_t port, const char *const *arguments) {
  char address[TEXT_MAX];
  snprintf(address, sizeof address, "127.0.0.1:%u", port);
  const char *const usual[] = {"--authenticator", address, "--linger-ms", "0", "--show-keys", NULL};
  scene_start_role(peer, "peer", "peer", usual, arguments);
}

int scene_run_peer(struct process *peer, uint16_t port, const char *const *arguments) {
  scene_start_peer(peer, port, arguments);
  return process_wait(peer, SCENE_LIMIT_MS);
}

/* Others */

static void start_hostapd(struct scene_server *hostapd, uint16_t port, bool debug,
                          const char *attributes, const char *lines) {
  /* It grants what stands at ID_P, which it looks up last. */
  const char *users = process_file("hostapd.users",
                                   "\"" SCENE_IDENTITY "\" PSK " SCENE_PSK "\n"
                                   "\"" SCENE_PEER_ID "\" PSK " SCENE_PSK "\n%s",
                                   attributes);
  const char *clients = process_file("hostapd.clients", "127.0.0.1/32 " SCENE_SECRET "\n");
  const char *config = process_file("hostapd.conf",
                                    "driver=none\ninterface=lo\neap_server=1\n"
                                    "server_id=" SCENE_SERVER_ID "\n"
                                    "eap_user_file=%s\nradius_server_clients=%s\n"
                                    "radius_server_auth_port=%u\n%s",
                                    users, clients, port, lines);
  const char *argv[] = {"hostapd", config, NULL, NULL};
  if (debug) {
    argv[1] = "-ddK";
    argv[2] = config;
  }
  hostapd->port = port;
  process_start(&hostapd->process, "hostapd", argv);
  process_expect(&hostapd->process, "AP-ENABLED", SCENE_LIMIT_MS);
}

void scene_start_hostapd(struct scene_server *hostapd, uint16_t port, bool debug) {
  start_hostapd(hostapd, port, debug, "", "");
}

void scene_start_hostapd_with(struct scene_server *hostapd, uint16_t port, bool debug,
                              const char *lines) {
  start_hostapd(hostapd, port, debug, "", lines);
}

void scene_start_hostapd_granting(struct scene_server *hostapd, uint16_t port,
                                  const char *attributes) {
  start_hostapd(hostapd, port, false, attributes, "");
}

void scene_read_hexdump(const struct process *process, const char *label, uint8_t *out,
                        size_t length) {
  char *text = process_out(process), *found = NULL;
  for (char *at = text; (at = strstr(at, label)) != NULL; at++)
    found = at;
  assert_non_null(found);
  char *at = strstr(found, "): ");
  assert_non_null(at);
  at += 3;
  for (size_t i = 0; i < length; i++)
    out[i] = (uint8_t)strtoul(at, &at, 16);
  free(text);
}

void scene_start_eapol_test(struct process *process, const char *name, uint16_t port,
                            const char *psk, const char *secret) {
  char file[TEXT_MAX], text[TEXT_MAX];
  snprintf(file, sizeof file, "eapol-%.8s.conf", psk);
  snprintf(text, sizeof text, "%u", port);
  const char *config = process_file(file,
                                    "network={\n  key_mgmt=IEEE8021X\n  eap=PSK\n"
                                    "  identity=\"" SCENE_IDENTITY "\"\n  password=%s\n}\n",
                                    psk);
  const char *const argv[] = {"eapol_test", "-c", config, "-a", "127.0.0.1", "-p",
                              text,         "-s", secret, "-t", "6",         NULL};
  process_start(process, name, argv);
}

/* What our roles print */

static char *value_in(const char *line, const char *event, const char *key) {
  char *copy = NULL;
  json_t *object = json_loadb(line, strcspn(line, "\n"), 0, NULL);
  const char *name = json_string_value(json_object_get(object, "event"));
  if (name != NULL && strcmp(name, event) == 0) {
    const json_t *value = json_object_get(object, key);
    if (json_is_string(value))
      copy = strdup(json_string_value(value));
    else if (value != NULL)
      copy = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(5));
    else
      copy = strdup("");
  }
  json_decref(object);
  return copy;
}

char *scene_value(const struct process *process, const char *event, const char *key, size_t skip) {
  char *out = process_out(process), *found = NULL;
  for (const char *line = out; found == NULL && line != NULL && *line != '\0';) {
    found = value_in(line, event, key);
    if (found != NULL && skip-- > 0) {
      free(found);
      found = NULL;
    }
    line = strchr(line, '\n');
    line = line == NULL ? NULL : line + 1;
  }
  free(out);
  return found;
}

void scene_expect_value(struct process *process, const char *event, const char *key,
                        const char *value) {
  char pattern[TEXT_MAX];
  snprintf(pattern, sizeof pattern, "\"event\":\"%s\"", event);
  process_expect(process, pattern, SCENE_LIMIT_MS);
  char *found = scene_value(process, event, key, 0);
  if (found == NULL)
    fail_msg("%s: no event \"%s\"", process->out, event);
  assert_string_equal(found, value);
  free(found);
}

size_t scene_count(const struct process *process, const char *event) {
  char pattern[TEXT_MAX];
  size_t count = 0;
  snprintf(pattern, sizeof pattern, "\"event\":\"%s\"", event);
  char *out = process_out(process);
  for (const char *at = out; (at = strstr(at, pattern)) != NULL; at++)
    count++;
  free(out);
  return count;
}

double scene_summary(const struct process *peer, const char *key) {
  char *text = scene_value(peer, "summary", key, 0);
  assert_non_null(text);
  const double figure = strtod(text, NULL);
  free(text);
  return figure;
}

/* Versions */

/* The word behind `before` in what a program says of itself. */
static const char *version(char text[TEXT_MAX], const char *before, const char *const *argv) {
  char *said = process_capture("version", argv);
  const char *at = strstr(said, before);
  if (at == NULL)
    fail_msg("%s does not tell its version: %s", argv[0], said);
  at += strlen(before);
  snprintf(text, TEXT_MAX, "%.*s", (int)strcspn(at, " ,\n"), at);
  const size_t length = strlen(text);
  if (length > 0 && text[length - 1] == '.')
    text[length - 1] = '\0';
  free(said);
  return text;
}

const char *scene_version_hostapd(void) {
  static char text[TEXT_MAX];
  return version(text, "hostapd v", (const char *const[]){"hostapd", "-v", NULL});
}

const char *scene_version_eapol_test(void) {
  static char text[TEXT_MAX];
  return version(text, "eapol_test v", (const char *const[]){"eapol_test", "-v", NULL});
}

const char *scene_version_tshark(void) {
  static char text[TEXT_MAX];
  return version(text, "TShark (Wireshark) ", (const char *const[]){"tshark", "-v", NULL});
}

const char *scene_version_radsniff(void) {
  static char text[TEXT_MAX];
  return version(text, "radsniff version ", (const char *const[]){"radsniff", "-v", NULL});
}

const char *scene_version_openssl(void) {
  static char text[TEXT_MAX];
  return version(text, "OpenSSL ", (const char *const[]){"openssl", "version", NULL});
}

/* Life */

int scene_teardown(void **state) {
  (void)state;
  process_end_all();
  relay_close_all();
  matrix_end();
  return 0;
}

int scene_finish(const char *test, int failed) {
  matrix_write(test);
  return failed;
}
