/* The parties of application bootstrapping: our four roles, with one user, one secret and one realm
 * that all of them know. */
#ifndef NODES_LIVE_TESTS_BOOTSTRAP_SCENE_H
#define NODES_LIVE_TESTS_BOOTSTRAP_SCENE_H

#include "scene.h"

#define BOOTSTRAP_SCENE_REALM "example.test" /* of 12 octets */

/* Arguments end with NULL, and are added to what is needed, or override it; --json and -v are on.
 * Where `radius` is a port, it is that of the AS; 0: there is none. */

/* An AS with the application servers aps1 and aps2. */
void bootstrap_scene_as(struct scene_server *as, const char *const *arguments);
void bootstrap_scene_aa(struct scene_server *aa, uint16_t radius, const char *const *arguments);
void bootstrap_scene_aps(struct scene_server *aps, const char *name, uint16_t radius,
                         const char *const *arguments);

/* A UE that asks aps1, at the port `aps`. */
void bootstrap_scene_ue(struct process *ue, uint16_t aa, uint16_t aps,
                        const char *const *arguments);

/* Starts it, waits for its end, returns its exit status. */
int bootstrap_scene_run_ue(struct process *ue, uint16_t aa, uint16_t aps,
                           const char *const *arguments);

/* Fails unless that many events of this kind and phase were printed, and waits for them; the label
 * of the last, or NULL, is `label`. */
void bootstrap_scene_expect(struct process *process, const char *phase, const char *event,
                            size_t count, const char *label);

/* The value of `key` in the event with number `skip` of this phase and kind; NULL: there is none.
 * To be freed. */
char *bootstrap_scene_value(const struct process *process, const char *phase, const char *event,
                            const char *key, size_t skip);

/* Fails unless the datagram with number `skip` that a server has "sent" or "received" had that many
 * octets. */
void bootstrap_scene_expect_octets(const struct process *process, const char *event, size_t skip,
                                   size_t octets);

#endif
