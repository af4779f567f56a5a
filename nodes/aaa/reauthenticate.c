/* The authenticator's backend in re-authentication (RFC 6696): an ER server inside, or pass-through
 * of EAP-Initiate over RADIUS. What an AAA server answers, backend.c takes. */
#include "backend.h"

#include "backend_begin.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

bool aaa_backend_keep_root(struct aaa_backend *backend, const struct aaa_backend_session *session,
                           uint64_t now_ns) {
  struct eap_keys keys;
  struct eap_session_id id;
  struct eap_name name;
  if (backend->erp == NULL || session->reauthenticates)
    return true;
  if (eap_server_keys(session->eap, &keys) < 0 || eap_server_session_id(session->eap, &id) < 0 ||
      !eap_server_name(session->eap, &name))
    return false;
  const int error = erp_server_add(backend->erp, keys.emsk, &id, &name, now_ns);
  crypto_wipe(&keys, sizeof keys);
  return error == 0;
}

static enum aaa_backend_result initiate_locally(struct aaa_backend *backend,
                                                struct aaa_backend_session *session,
                                                const uint8_t *packet, size_t length,
                                                uint64_t now_ns, struct span_writer *out) {
  struct erp_grant *grant = calloc(1, sizeof *grant);
  const enum erp_server_result result =
      grant == NULL ? ERP_SERVER_DISCARD
                    : erp_server_process(backend->erp, packet, length, NULL, now_ns, grant, out);
  if (result != ERP_SERVER_SUCCESS) {
    free(grant);
    return result == ERP_SERVER_FAILURE ? AAA_BACKEND_FAILURE : AAA_BACKEND_DISCARD;
  }
  session->grant = grant;
  if (grant->lifetime_s < session->lifetime_s) {
    session->lifetime_s = grant->lifetime_s;
    session->lifetime_is_set = true;
  }
  return AAA_BACKEND_SUCCESS;
}

/* RFC 6696 section 5.2: User-Name is the keyName-NAI. */
static int initiate_forward(struct aaa_backend *backend, struct aaa_backend_session *session,
                            const struct erp_packet *head, size_t length) {
  struct aaa_backend_pass_through *through = session->pass_through;
  const struct erp_value *nai = &head->attributes[ERP_KEY_NAME_NAI];
  struct span_writer request;
  through->initiated = true;
  through->user_name_length = nai->length;
  memcpy(through->user_name, nai->octets, nai->length);
  radius_client_compose(&backend->client, nai->octets, nai->length, &request);
  radius_add_eap(&request, head->octets, length);
  return radius_client_send(&backend->client, &through->exchange, &request);
}

static enum aaa_backend_result initiate_remotely(struct aaa_backend *backend,
                                                 struct aaa_backend_session *session,
                                                 const struct node_address *peer,
                                                 const struct erp_packet *head, size_t length,
                                                 const char **why) {
  int error = aaa_pass_through_begin(session, head->identifier, peer);
  if (error == 0)
    error = initiate_forward(backend, session, head, length);
  if (error == 0)
    return AAA_BACKEND_WAIT;
  *why = error == NODE_ERR_TOO_LONG ? "EAP packet too long for RADIUS" : node_error_name(error);
  return AAA_BACKEND_DISCARD;
}

enum aaa_backend_result aaa_backend_begin_initiate(struct aaa_backend *backend,
                                                   struct aaa_backend_session *session,
                                                   const struct node_address *peer, void *owner,
                                                   const uint8_t *packet, size_t length,
                                                   uint64_t now_ns, struct span_writer *out,
                                                   const char **why) {
  struct erp_packet head;
  enum aaa_backend_result result = AAA_BACKEND_DISCARD;
  aaa_session_begin(session, owner);
  if (erp_packet_parse_head(packet, length, &head) < 0) {
    *why = "malformed EAP-Initiate";
    return AAA_BACKEND_DISCARD;
  }
  session->reauthenticates = true;
  if (backend->remote) {
    result = initiate_remotely(backend, session, peer, &head, head.length, why);
  } else if (backend->erp != NULL) {
    result = initiate_locally(backend, session, packet, length, now_ns, out);
    *why = erp_server_reason(backend->erp);
  } else {
    *why = "re-authentication, of which there is none here";
  }
  if (result == AAA_BACKEND_DISCARD)
    aaa_backend_end(backend, session);
  return result;
}
