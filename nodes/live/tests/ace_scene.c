/* Starting the parties of ACE. */
#define _GNU_SOURCE
#include "ace_scene.h"

#include <stdio.h>

enum { TEXT_MAX = 64 };

/* Of its files: several of a role may run at once. */
static const char *serial_name(char text[TEXT_MAX], const char *role) {
  static unsigned count;
  snprintf(text, TEXT_MAX, "%s-%u", role, ++count);
  return text;
}

void ace_scene_controller(struct scene_server *controller, const char *const *arguments) {
  char file[TEXT_MAX];
  const char *const usual[] = {
      "--bind",     "127.0.0.1:0",
      "--audience", ACE_SCENE_AUDIENCE "=" ACE_SCENE_LAMP,
      "--allow",    ACE_SCENE_CLIENT ":" ACE_SCENE_AUDIENCE ":GET+POST:/light",
      "--config",   process_file("users.yaml", ACE_SCENE_USERS),
      NULL};
  scene_start_server_role(controller, serial_name(file, "controller"), "controller", usual,
                          arguments);
}

void ace_scene_resource_server(struct scene_server *server, uint16_t controller, uint16_t port,
                               const char *const *arguments) {
  char file[TEXT_MAX], authenticator[TEXT_MAX], access[TEXT_MAX];
  snprintf(authenticator, sizeof authenticator, "127.0.0.1:%u", controller);
  snprintf(access, sizeof access, "%u", port);
  const char *const usual[] = {"--authenticator",
                               authenticator,
                               "--bind",
                               "127.0.0.1:0",
                               "--access-port",
                               access,
                               "--audience",
                               ACE_SCENE_AUDIENCE,
                               "--identity",
                               ACE_SCENE_LAMP,
                               "--psk",
                               "lamp-passwordlmp",
                               NULL};
  scene_start_server_role(server, serial_name(file, "light"), "resource-server", usual, arguments);
  bootstrap_scene_expect(&server->process, "authentication", "confirmed", 1, NULL);
}

void ace_scene_client(struct process *client, uint16_t controller, uint16_t server,
                      const char *const *arguments) {
  char file[TEXT_MAX], authenticator[TEXT_MAX], at[TEXT_MAX];
  snprintf(authenticator, sizeof authenticator, "127.0.0.1:%u", controller);
  snprintf(at, sizeof at, ACE_SCENE_AUDIENCE "@127.0.0.1:%u", server);
  const char *const usual[] = {"--authenticator",
                               authenticator,
                               "--bind",
                               "127.0.0.1:0",
                               "--server",
                               at,
                               "--identity",
                               ACE_SCENE_CLIENT,
                               "--psk",
                               "alice-password-a",
                               "--linger-ms",
                               "0",
                               NULL};
  scene_start_role(client, serial_name(file, "client"), "client", usual, arguments);
}

int ace_scene_run_client(struct process *client, uint16_t controller, uint16_t server,
                         const char *const *arguments) {
  ace_scene_client(client, controller, server, arguments);
  return process_wait(client, SCENE_LIMIT_MS);
}
