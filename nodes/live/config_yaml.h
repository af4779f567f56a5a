/* The YAML file with settings.
 *
 *   lower_layer: {seqnum_bytes: 2, ...}       what peer and authenticator must agree on
 *   peer: {authenticator: "::1", identity: tfg-user-test, psk: ..., ...}
 *   authenticator: {radius_server: 127.0.0.1, secret: ..., ...}
 *   aaa: {bind: 127.0.0.1, ...}
 *   pre: ..., proxy: ...
 *   users:                                    of the EAP server, in aaa or authenticator
 *     - {identity: "tfg-*", psk: ..., peer_id: client}
 *   radius_clients:                           of aaa and proxy
 *     - {address: 127.0.0.1, secret: ...}
 *   realms:                                   of proxy
 *     - {realm: example.test, server: 127.0.0.1, secret: ...}
 *
 * Each program reads what is its own; one file may serve all. It is one document, in UTF-8,
 * of a megabyte at most, in which nothing is said twice and no text has a zero octet; in the parts
 * that are another program's, too. */
#ifndef NODES_LIVE_CONFIG_YAML_H
#define NODES_LIVE_CONFIG_YAML_H

#include "complaint.h"
#include "settings.h"

/* Assigns what the file says for settings->role. 0; or -1 with a complaint that names file, line,
 * column and what is accepted. */
NODE_MUST_CHECK int config_yaml_read(struct settings *settings, const char *path,
                                     struct complaint *complaint);

#endif
