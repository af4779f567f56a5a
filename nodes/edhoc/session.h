/* What the messages of EDHOC share. Private to this folder and its tests. */
#ifndef NODES_EDHOC_SESSION_H
#define NODES_EDHOC_SESSION_H

#include "edhoc.h"
#include "proof.h"

/* The EAD items of one message to send. */
struct edhoc_ead_list {
  const struct edhoc_ead *items;
  size_t count;
};

/* One step of a session: works on a copy, which is committed if it returns 0. */
typedef int edhoc_compose_step(struct edhoc *next, const struct edhoc_ead_list *ead,
                               struct span_writer *out);
typedef int edhoc_process_step(struct edhoc *next, const uint8_t *message, size_t length);

/* Runs a step that is due in this role and state; after an error the session is aborted. */
NODE_MUST_CHECK int edhoc_compose(struct edhoc *edhoc, enum edhoc_role role, enum edhoc_state due,
                                  edhoc_compose_step *step, const struct edhoc_ead_list *ead,
                                  uint8_t *out, size_t capacity, size_t *length);
NODE_MUST_CHECK int edhoc_process(struct edhoc *edhoc, enum edhoc_role role, enum edhoc_state due,
                                  edhoc_process_step *step, const uint8_t *message, size_t length);

/* Notes why a step fails, and what the peer is told. Returns `error`. */
int edhoc_refuse(struct edhoc *next, int error, const char *reason);
int edhoc_refuse_with(struct edhoc *next, int error, const char *reason,
                      enum edhoc_error_code error_code);

/* Wipes all but what the reason, the error message and its reader need. */
void edhoc_abort(struct edhoc *edhoc);

/* Who computes on elliptic curves. */
static inline struct ec edhoc_ec(const struct edhoc *edhoc) {
  return (struct ec){.backend = edhoc->config->backend, .hooks = edhoc->hooks};
}

/* How this role proves itself in the session's method. */
const struct edhoc_proof_kind *edhoc_proof_kind(const struct edhoc *edhoc, enum edhoc_role role);

/* The first own credential that serves, or NULL if the suite cannot be run with this method. */
const struct edhoc_credential *edhoc_own(const struct edhoc *edhoc, unsigned method,
                                         const struct edhoc_suite *suite);

/* The suites of the configuration that can be run with this method. */
void edhoc_runnable(const struct edhoc *edhoc, unsigned method, struct edhoc_suites *suites);

/* PRK_2e and TH_2, from both ephemeral keys. */
NODE_MUST_CHECK int edhoc_derive_2e(struct edhoc *next);

/* PRK_3e2m or PRK_4e3m, by how `role` proves itself. `peer_static` is its key where that is the
 * peer's, NULL where it is ours. */
NODE_MUST_CHECK int edhoc_derive_next(struct edhoc *next, enum edhoc_role role,
                                      enum edhoc_label salt_label,
                                      const struct ec_public *peer_static);

/* PRK_out, once `prk` is PRK_4e3m and `th` is TH_4. */
NODE_MUST_CHECK int edhoc_derive_out(struct edhoc *next);

/* What ID_CRED_x, Signature_or_MAC_x and EAD_x are in a plaintext that was read. */
struct edhoc_plaintext {
  const uint8_t *proof;
  size_t proof_length;
  const uint8_t *ead;
  size_t ead_length;
};

/* Reads ( ID_CRED_x / bstr / -24..23, Signature_or_MAC_x, ? EAD_x ) to the end; ID_CRED_x goes to
 * the session, as a map. */
NODE_MUST_CHECK int edhoc_plaintext_read(struct edhoc *next, struct cbor_reader *reader,
                                         struct edhoc_plaintext *plaintext);

/* Writes ( ID_CRED_x / bstr / -24..23, Signature_or_MAC_x, ? EAD_x ) of our own. */
NODE_MUST_CHECK int edhoc_plaintext_put(const struct edhoc *next, const struct edhoc_proof *proof,
                                        struct span_writer *out);

/* Finds and checks the peer's credential by the ID_CRED_x of the session. `cred` has room for
 * EDHOC_CRED_MAX octets: CRED_x of a certificate that came by value. */
NODE_MUST_CHECK int edhoc_peer_credential(struct edhoc *next, uint8_t *cred,
                                          struct edhoc_credential *credential);

/* Hands over the EAD items of message `number`; refuses critical ones that are not taken. */
NODE_MUST_CHECK int edhoc_ead_deliver(struct edhoc *next, unsigned number, const uint8_t *ead,
                                      size_t length);

/* Reads a message of one byte string and nothing else. */
NODE_MUST_CHECK int edhoc_one_string(struct edhoc *next, const uint8_t *message, size_t length,
                                     const uint8_t **bytes, size_t *bytes_length);

#endif
