/* The parties of the tests: our three roles, hostapd and eapol_test, with one user and one secret
 * that all of them know. */
#ifndef NODES_LIVE_TESTS_SCENE_H
#define NODES_LIVE_TESTS_SCENE_H

#include "matrix.h"
#include "process.h"
#include "relay.h"
#include "test.h"

#include <jansson.h>

#define SCENE_IDENTITY "tfg-user-test"
#define SCENE_PSK "7466672d70617373776f726474657374" /* in hexadecimal digits */
#define SCENE_WRONG_PSK "00112233445566778899aabbccddeeff"
#define SCENE_PEER_ID "client"
#define SCENE_SERVER_ID "hostapd"
#define SCENE_SECRET "radius"

enum { SCENE_LIMIT_MS = 20000 };

/* Under AddressSanitizer a program's memory says nothing, and all takes longer. */
#ifdef __SANITIZE_ADDRESS__
enum { SCENE_GROWTH_MAX_KB = 1 << 20, SCENE_IN_A_ROW = 200 };
#else
enum { SCENE_GROWTH_MAX_KB = 128, SCENE_IN_A_ROW = 1000 };
#endif

/* A program that listens. */
struct scene_server {
  struct process process;
  uint16_t port;
};

/* Our roles. `arguments` ends with NULL and is added to what is needed, or overrides it; --json is
 * on. scene_start_server takes the whole command line. */
void scene_start_aaa(struct scene_server *aaa, const char *const *arguments);
void scene_start_authenticator(struct scene_server *authenticator, const char *const *arguments);
void scene_start_server(struct scene_server *server, const char *name, const char *const *argv);
void scene_start_pass_through(struct scene_server *authenticator, uint16_t radius_port,
                              const char *secret);
void scene_start_peer(struct process *peer, uint16_t port, const char *const *arguments);

/* The same of any role, with files of this name: `usual` before what is in `arguments`, which
 * overrides it. A server is waited for until it listens. */
void scene_start_role(struct process *process, const char *name, const char *role,
                      const char *const *usual, const char *const *arguments);
void scene_start_server_role(struct scene_server *server, const char *name, const char *role,
                             const char *const *usual, const char *const *arguments);

/* Starts a peer, waits for its end, returns its exit status. */
int scene_run_peer(struct process *peer, uint16_t port, const char *const *arguments);

/* hostapd as RADIUS server with an EAP server inside. `debug`: it prints keys. */
void scene_start_hostapd(struct scene_server *hostapd, uint16_t port, bool debug);

/* The same with more lines for its configuration, each with its end. */
void scene_start_hostapd_with(struct scene_server *hostapd, uint16_t port, bool debug,
                              const char *lines);

/* The octets of the last hexdump behind `label` in what hostapd says. */
void scene_read_hexdump(const struct process *process, const char *label, uint8_t *out,
                        size_t length);

/* The same with lines of its eap_user_file that say what an Access-Accept has. */
void scene_start_hostapd_granting(struct scene_server *hostapd, uint16_t port,
                                  const char *attributes);

/* eapol_test against a RADIUS server; `psk` in hexadecimal digits. */
void scene_start_eapol_test(struct process *process, const char *name, uint16_t port,
                            const char *psk, const char *secret);

/* The value of `key` in the first object with this event that a role of ours printed, after
 * `skip` of them; NULL if there is none. To be freed. */
char *scene_value(const struct process *process, const char *event, const char *key, size_t skip);

/* Fails unless it is that value. Waits for the event: a peer may end before what the other roles
 * print of it. */
void scene_expect_value(struct process *process, const char *event, const char *key,
                        const char *value);

/* The number of objects with this event. */
size_t scene_count(const struct process *process, const char *event);

/* A figure of the summary that a peer prints last: "established", "rate_per_s". */
double scene_summary(const struct process *peer, const char *key);

/* Versions, as the programs tell them. */
const char *scene_version_hostapd(void);
const char *scene_version_eapol_test(void);
const char *scene_version_tshark(void);
const char *scene_version_radsniff(void);
const char *scene_version_openssl(void);

/* Every test's teardown: ends programs and relays, closes the row of the matrix. */
int scene_teardown(void **state);

/* Runs the group; writes the matrix. */
#define SCENE_RUN(test, tests)                                                                     \
  (process_folder(test), scene_finish(test, cmocka_run_group_tests_name(test, tests, NULL, NULL)))
int scene_finish(const char *test, int failed);

#endif
