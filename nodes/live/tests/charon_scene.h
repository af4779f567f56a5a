/* strongSwan's charon in a network of its own, and the network of the test beside it: mount and
 * network namespaces of this process, where nothing of the machine is touched. charon is at
 * CHARON_SCENE_REMOTE, we are at CHARON_SCENE_LOCAL, both on port 500; its ESP is
 * kernel-libipsec's, in UDP. It knows us by one key, as CHARON_SCENE_ID, and is
 * CHARON_SCENE_GATEWAY.
 *
 * STRONGSWAN_ROOT may name a folder where Debian's packages are unpacked, in the place of those
 * that are installed. */
#ifndef NODES_LIVE_TESTS_CHARON_SCENE_H
#define NODES_LIVE_TESTS_CHARON_SCENE_H

#include "scene.h"

#define CHARON_SCENE_LOCAL "192.0.2.1"
#define CHARON_SCENE_REMOTE "192.0.2.2"
#define CHARON_SCENE_ID "key_id:00112233"
#define CHARON_SCENE_GATEWAY "fqdn:gateway.test"
#define CHARON_SCENE_PSK "0x000102030405060708090a0b0c0d0e0f"
#define CHARON_SCENE_WRONG_PSK "0x0f0e0d0c0b0a09080706050403020100"

/* Skips the running test where there is no charon, or no right to have networks. */
void charon_scene_need(void);

/* Starts it; `settings` are lines for its section of strongswan.conf. It ends with the test. */
void charon_scene_start(struct process *charon, const char *settings);

/* A connection: `proposals` as charon has them, with commas; `lines` more of its section. */
void charon_scene_load(const char *proposals, const char *lines);

/* swanctl with these arguments, which NULL ends; its exit status. */
int charon_scene_swanctl(const char *const *arguments);

/* Fails unless the last of these has told this, also of what charon did for it. */
void charon_scene_expect(const char *text);

/* Begins the connection, or its child "c"; deletes its IKE SA. */
int charon_scene_initiate(const char *what);
int charon_scene_terminate(void);

/* Whether it has an IKE SA that stands. */
bool charon_scene_is_established(void);

/* A UDP socket of charon's network, bound to this port of its address; to be closed. */
int charon_scene_socket(uint16_t port);

/* Starts an echo server (RFC 862) there, which ends with the test program. */
void charon_scene_echo(void);

const char *charon_scene_version(void);

#endif
