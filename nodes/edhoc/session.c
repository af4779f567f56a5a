/* A session's life: how steps are run, committed or aborted; and its keys for applications. */
#include "session.h"

#include <string.h>

const struct edhoc_proof_kind *edhoc_proof_kind(const struct edhoc *edhoc, enum edhoc_role role) {
  return edhoc_method_find(edhoc->method)->proof[role];
}

/* Whether both sides' proofs can be computed. */
static bool can_run(const struct edhoc *edhoc, unsigned method, const struct edhoc_suite *suite) {
  const struct ec ec = edhoc_ec(edhoc);
  const struct edhoc_method *row = edhoc_method_find((int32_t)method);
  for (size_t role = 0; role < EDHOC_ROLES; role++)
    if (row->proof[role]->runs != NULL && !row->proof[role]->runs(&ec, suite))
      return false;
  return true;
}

const struct edhoc_credential *edhoc_own(const struct edhoc *edhoc, unsigned method,
                                         const struct edhoc_suite *suite) {
  const struct edhoc_config *config = edhoc->config;
  if (!can_run(edhoc, method, suite))
    return NULL;
  for (size_t i = 0; i < config->credentials_count; i++)
    if (config->credentials[i].private != NULL &&
        config->credentials[i].public.curve == edhoc_method_curve(method, edhoc->role, suite))
      return &config->credentials[i];
  return NULL;
}

void edhoc_runnable(const struct edhoc *edhoc, unsigned method, struct edhoc_suites *suites) {
  const struct edhoc_suites *all = &edhoc->config->suites;
  suites->count = 0;
  for (size_t i = 0; i < all->count; i++) {
    const struct edhoc_suite *suite = edhoc_suite_find(all->value[i]);
    if (suite != NULL && edhoc_own(edhoc, method, suite) != NULL)
      suites->value[suites->count++] = all->value[i];
  }
}

int edhoc_init(struct edhoc *edhoc, enum edhoc_role role, const struct edhoc_config *config,
               const struct node_hooks *hooks) {
  struct edhoc_suites suites;
  memset(edhoc, 0, sizeof *edhoc);
  edhoc->config = config;
  edhoc->hooks = hooks;
  edhoc->role = role;
  edhoc->reason = "";
  const unsigned methods = config->methods & ((1U << EDHOC_METHODS) - 1);
  if (methods == 0 || config->suites.count == 0 || config->suites.count > EDHOC_SUITES_MAX ||
      config->connection.length > EDHOC_CONNECTION_ID_MAX)
    return NODE_ERR_BAD_CONFIG;
  if (role == EDHOC_RESPONDER) {
    edhoc->c_r = config->connection;
    return 0;
  }
  edhoc->c_i = config->connection;
  while ((methods >> edhoc->method & 1) == 0)
    edhoc->method++;
  edhoc_runnable(edhoc, edhoc->method, &suites);
  if (suites.count == 0)
    return NODE_ERR_BAD_CONFIG;
  const struct edhoc_memory *memory = config->memory;
  if (memory != NULL && memory->has_suite && edhoc_select_suite(edhoc, memory->suite) == 0)
    return 0;
  return edhoc_select_suite(edhoc, suites.value[0]);
}

int edhoc_set_connection(struct edhoc *edhoc, const struct edhoc_connection_id *connection) {
  const bool initiator = edhoc->role == EDHOC_INITIATOR;
  if (edhoc->state != EDHOC_START && (initiator || edhoc->state != EDHOC_VERIFIED_1))
    return NODE_ERR_BAD_STATE;
  *(initiator ? &edhoc->c_i : &edhoc->c_r) = *connection;
  return 0;
}

const struct edhoc_connection_id *edhoc_peer_connection(const struct edhoc *edhoc) {
  return edhoc->role == EDHOC_INITIATOR ? &edhoc->c_r : &edhoc->c_i;
}

int edhoc_select_suite(struct edhoc *edhoc, int32_t suite) {
  struct edhoc_suites suites;
  if (edhoc->role != EDHOC_INITIATOR || edhoc->state != EDHOC_START)
    return NODE_ERR_BAD_STATE;
  edhoc_runnable(edhoc, edhoc->method, &suites);
  if (!edhoc_suites_have(&suites, suite))
    return NODE_ERR_UNSUPPORTED;
  edhoc->selected = suite;
  edhoc->suite = edhoc_suite_find(suite);
  edhoc->own = edhoc_own(edhoc, edhoc->method, edhoc->suite);
  return 0;
}

int edhoc_next_suite(const struct edhoc *edhoc, int32_t *suite) {
  struct edhoc_suites suites;
  if (edhoc->state != EDHOC_ABORTED || edhoc->peer_error.code != EDHOC_ERROR_SUITE)
    return NODE_ERR_BAD_STATE;
  edhoc_runnable(edhoc, edhoc->method, &suites);
  for (size_t i = 0; i < suites.count; i++)
    if (suites.value[i] != edhoc->selected &&
        edhoc_suites_have(&edhoc->peer_error.suites, suites.value[i])) {
      *suite = suites.value[i];
      return 0;
    }
  return NODE_ERR_UNSUPPORTED;
}

int edhoc_refuse_with(struct edhoc *next, int error, const char *reason,
                      enum edhoc_error_code error_code) {
  next->error = error;
  next->reason = reason;
  next->error_code = error_code;
  return error;
}

int edhoc_refuse(struct edhoc *next, int error, const char *reason) {
  return edhoc_refuse_with(next, error, reason, EDHOC_ERROR_UNSPECIFIED);
}

void edhoc_abort(struct edhoc *edhoc) {
  const struct edhoc was = {
      .config = edhoc->config,
      .hooks = edhoc->hooks,
      .role = edhoc->role,
      .state = EDHOC_ABORTED,
      .error = edhoc->error,
      .reason = edhoc->reason,
      .error_code = edhoc->error_code,
      .method = edhoc->method,
      .selected = edhoc->selected,
      .c_i = edhoc->c_i,
      .c_r = edhoc->c_r,
      .peer_error = edhoc->peer_error,
  };
  crypto_wipe(edhoc, sizeof *edhoc);
  *edhoc = was;
}

/* Commits the copy, or aborts the session with the reason that the copy holds. */
static int edhoc_conclude(struct edhoc *edhoc, struct edhoc *next, int error) {
  if (error != 0 && next->error == 0)
    (void)edhoc_refuse(next, error, node_error_name(error));
  *edhoc = *next;
  if (error != 0)
    edhoc_abort(edhoc);
  crypto_wipe(next, sizeof *next);
  return error;
}

int edhoc_compose(struct edhoc *edhoc, enum edhoc_role role, enum edhoc_state due,
                  edhoc_compose_step *step, const struct edhoc_ead_list *ead, uint8_t *out,
                  size_t capacity, size_t *length) {
  *length = 0;
  if (edhoc->role != role || edhoc->state != due)
    return NODE_ERR_BAD_STATE;
  struct edhoc next = *edhoc;
  struct span_writer writer;
  span_writer_init(&writer, out, capacity < EDHOC_MESSAGE_MAX ? capacity : EDHOC_MESSAGE_MAX, NULL);
  int error = step(&next, ead, &writer);
  if (error == 0 && writer.overflow)
    error = edhoc_refuse(&next, NODE_ERR_TOO_LONG, "message is too long");
  if (error == 0)
    *length = writer.length;
  else
    crypto_wipe(out, capacity);
  return edhoc_conclude(edhoc, &next, error);
}

int edhoc_process(struct edhoc *edhoc, enum edhoc_role role, enum edhoc_state due,
                  edhoc_process_step *step, const uint8_t *message, size_t length) {
  if (edhoc->role != role || edhoc->state != due)
    return NODE_ERR_BAD_STATE;
  struct edhoc next = *edhoc;
  const int error = length > EDHOC_MESSAGE_MAX
                        ? edhoc_refuse(&next, NODE_ERR_TOO_LONG, "message is too long")
                        : step(&next, message, length);
  return edhoc_conclude(edhoc, &next, error);
}

static int prk_exporter(const struct edhoc *edhoc, uint8_t prk[EDHOC_PRK_LENGTH]) {
  if (edhoc->state != EDHOC_COMPLETED && edhoc->state != EDHOC_PERSISTED)
    return NODE_ERR_BAD_STATE;
  /* PRK_exporter (4.2.1) */
  return edhoc_kdf(edhoc->hooks, edhoc->prk_out, EDHOC_PRK_EXPORTER, NULL, 0, prk,
                   EDHOC_PRK_LENGTH);
}

int edhoc_exporter(const struct edhoc *edhoc, uint32_t label, const uint8_t *context,
                   size_t context_length, uint8_t *out, size_t length) {
  uint8_t prk[EDHOC_PRK_LENGTH];
  int error = prk_exporter(edhoc, prk);
  if (error == 0)
    error = edhoc_kdf(edhoc->hooks, prk, label, context, context_length, out, length);
  crypto_wipe(prk, sizeof prk);
  return error;
}

int edhoc_key_update(struct edhoc *edhoc, const uint8_t *context, size_t context_length) {
  uint8_t next[EDHOC_PRK_LENGTH];
  if (edhoc->state != EDHOC_COMPLETED && edhoc->state != EDHOC_PERSISTED)
    return NODE_ERR_BAD_STATE;
  /* the new PRK_out (appendix H) */
  const int error = edhoc_kdf(edhoc->hooks, edhoc->prk_out, EDHOC_KEY_UPDATE, context,
                              context_length, next, sizeof next);
  if (error == 0)
    memcpy(edhoc->prk_out, next, sizeof next);
  crypto_wipe(next, sizeof next);
  return error;
}

int edhoc_reject(struct edhoc *edhoc, const char *reason) {
  if (edhoc->state != EDHOC_VERIFIED_1 && edhoc->state != EDHOC_VERIFIED_2 &&
      edhoc->state != EDHOC_COMPLETED)
    return NODE_ERR_BAD_STATE;
  const int error = edhoc_refuse(edhoc, NODE_ERR_VERIFY, reason);
  edhoc_abort(edhoc);
  return error;
}

const char *edhoc_reason(const struct edhoc *edhoc) {
  return edhoc->reason == NULL ? "" : edhoc->reason;
}

void edhoc_digest(const struct edhoc *edhoc, struct digest *digest) {
  digest_u64(digest, edhoc->state);
  digest_u64(digest, edhoc->error_code);
  digest_u64(digest, edhoc->method);
  digest_u64(digest, (uint64_t)edhoc->selected);
  digest_octets(digest, edhoc->c_i.bytes, edhoc->c_i.length);
  digest_octets(digest, edhoc->c_r.bytes, edhoc->c_r.length);
  digest_octets(digest, edhoc->private, sizeof edhoc->private);
  digest_octets(digest, edhoc->peer_public.x, sizeof edhoc->peer_public.x);
  digest_octets(digest, edhoc->hash_message_1, sizeof edhoc->hash_message_1);
  digest_octets(digest, edhoc->th, sizeof edhoc->th);
  digest_octets(digest, edhoc->prk, sizeof edhoc->prk);
  digest_octets(digest, edhoc->prk_out, sizeof edhoc->prk_out);
  digest_octets(digest, edhoc->peer_id_cred, edhoc->peer_id_cred_length);
}

void edhoc_wipe(struct edhoc *edhoc) {
  crypto_wipe(edhoc, sizeof *edhoc);
}
