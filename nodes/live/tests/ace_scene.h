/* The parties of authorization by ACE: a controller with the EAP server inside, a light, and a
 * client, whose users and names all of them know. */
#ifndef NODES_LIVE_TESTS_ACE_SCENE_H
#define NODES_LIVE_TESTS_ACE_SCENE_H

#include "bootstrap_scene.h"

#define ACE_SCENE_CLIENT "alice@home.test"
#define ACE_SCENE_LAMP "lamp@home.test"
#define ACE_SCENE_AUDIENCE "light-1"

/* Lines of a file with the users of the two. */
#define ACE_SCENE_USERS                                                                            \
  "users:\n  - {identity: " ACE_SCENE_LAMP ", psk: lamp-passwordlmp}\n"                            \
  "  - {identity: " ACE_SCENE_CLIENT ", psk: alice-password-a}\n"

/* Arguments end with NULL, and are added to what is needed, or override it; --json is on.
 *
 * A controller that knows light-1 and lets the client GET and POST /light. */
void ace_scene_controller(struct scene_server *controller, const char *const *arguments);

/* A resource server that has joined: light-1, with /light, which is off; its port is where clients
 * come to. `port`: that, or 0, any free ones. */
void ace_scene_resource_server(struct scene_server *server, uint16_t controller, uint16_t port,
                               const char *const *arguments);

/* A client of light-1, at the port `server`. */
void ace_scene_client(struct process *client, uint16_t controller, uint16_t server,
                      const char *const *arguments);

/* Starts it, waits for its end, returns its exit status. */
int ace_scene_run_client(struct process *client, uint16_t controller, uint16_t server,
                         const char *const *arguments);

#endif
