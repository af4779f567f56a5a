/* The credentials of EDHOC that files hold: of the subcommand `edhoc`, and of EAP-EDHOC. */
#ifndef NODES_LIVE_EDHOC_FILES_H
#define NODES_LIVE_EDHOC_FILES_H

#include "../edhoc/edhoc.h"
#include "complaint.h"

/* What one side is given: how it runs EDHOC, and its files by name. */
struct edhoc_files_given {
  bool eap; /* the options are named --edhoc-key, and so on; for complaints */
  enum edhoc_role role;
  unsigned method;
  struct edhoc_suites suites;
  struct edhoc_connection_id connection;
  const char *key, *cred, *id_cred; /* names of files; NULL: not given */
  const char *peer_cred, *peer_id_cred, *peer_public_key;
  const char *trust[EDHOC_CHAIN_MAX];
  size_t trust_count;
  const char *peer_name; /* that the peer's credential must have; NULL: any */
};

/* C_I or C_R of those who do not choose one. */
struct edhoc_connection_id edhoc_files_connection(enum edhoc_role role);

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

/* Reads and checks all files. -1 where one of them is not what it should be, with a complaint that
 * names option, file and what is accepted. */
NODE_MUST_CHECK int edhoc_files_read(const struct edhoc_files_given *given,
                                     struct edhoc_files *files, struct complaint *complaint);

/* What a session needs, with the system's clock: points into `files`, which outlive it. */
struct edhoc_config edhoc_files_config(const struct edhoc_files_given *given,
                                       struct edhoc_files *files);

/* Erases everything. */
void edhoc_files_wipe(struct edhoc_files *files);

#endif
