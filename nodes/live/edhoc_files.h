/* The credentials of EDHOC that files hold: of the subcommand `edhoc`, and of EAP-EDHOC. */
#ifndef NODES_LIVE_EDHOC_FILES_H
#define NODES_LIVE_EDHOC_FILES_H

#include "edhoc_options.h"

/* One side's CRED and ID_CRED, in octets of their own. */
struct edhoc_files_side {
  struct edhoc_credential credential;
  uint8_t cred[EDHOC_CRED_MAX];
  uint8_t id_cred[EDHOC_ID_CRED_MAX];
};

/* Points into itself: not to be moved. */
struct edhoc_files {
  struct edhoc_files_side own, peer; /* peer.credential.cred: NULL if it is not given */
  uint8_t private[EC_LENGTH];
  struct edhoc_certificate trust[EDHOC_CHAIN_MAX];
  uint8_t trust_der[EDHOC_CHAIN_MAX][EDHOC_CRED_MAX];
  const struct ec_backend *backend; /* one that can do what method and suites ask for */
};

/* Reads and checks all files. Exits with EXIT_USAGE where one of them is not what it should be. */
void edhoc_files_read(const struct edhoc_options *options, struct edhoc_files *files);

/* What a session needs: points into `files`, which outlive it. */
struct edhoc_config edhoc_files_config(const struct edhoc_options *options,
                                       struct edhoc_files *files);

/* Erases everything. */
void edhoc_files_wipe(struct edhoc_files *files);

#endif
