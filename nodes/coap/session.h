/* The message layer of RFC 7252 section 4 towards one remote endpoint: confirmable messages with
 * back-off, acknowledgements and resets, Message ID deduplication, NSTART of 1, piggybacked and
 * separate responses. One node holds one for each remote; of what is on the heap there are at most
 * three messages, each no longer than it is. */
#ifndef NODES_COAP_SESSION_H
#define NODES_COAP_SESSION_H

#include "../option.h"
#include "outgoing.h"

/* RFC 7252 section 4.8. */
struct coap_parameters {
  uint32_t ack_timeout_ms;         /* 2000 */
  uint32_t ack_random_factor_x100; /* 150 */
  uint32_t max_retransmit;         /* 4 */
  bool random_message_ids;         /* else each is the last + 1; both begin at random */
  /* As a slow server: each confirmable request that is answered has an empty ACK first and then a
   * separate response (RFC 7252 section 5.2.2), but for one that comes while a request of ours is
   * outstanding (NSTART 1): it is answered piggybacked. */
  bool separate_responses;
};
extern const struct coap_parameters COAP_PARAMETERS_DEFAULT;

/* ack_timeout_ms, ack_random_factor, max_retransmit. */
extern const struct option_table COAP_OPTIONS;

/* The defaults, and what the options say. */
void coap_parameters_read(const struct option_values *options, struct coap_parameters *parameters);

/* Derived times of section 4.8.2, in milliseconds, with MAX_LATENCY 100 s and PROCESSING_DELAY
 * ACK_TIMEOUT: 93, 247 and 145 s with the defaults. */
uint64_t coap_max_transmit_wait_ms(const struct coap_parameters *parameters);
uint64_t coap_exchange_lifetime_ms(const struct coap_parameters *parameters);
uint64_t coap_non_lifetime_ms(const struct coap_parameters *parameters);

enum { COAP_SEEN_MAX = 32 }; /* more than an authentication with fragments of EAP has requests */

/* All fields are private to session.c; the type is here so that a role can embed it. */
struct coap_session {
  struct coap_parameters parameters;
  const struct node_hooks *hooks;
  uint16_t next_message_id;
  uint32_t message_id_keys[4]; /* of the permutation that makes Message IDs random */

  struct coap_outgoing request; /* the one outstanding request (NSTART 1) */
  bool request_outstanding;     /* until it is cancelled or timed out */
  bool request_acknowledged;    /* empty ACK came: response comes separately, no retransmission */
  bool request_is_response;     /* it is a separate response: an empty ACK ends it */
  bool request_answered_apart;  /* a separate response came to it, with `answer_message_id` */
  uint16_t answer_message_id;
  uint64_t answer_at_ns, answer_until_ns; /* remembered once it is taken */
  uint16_t request_message_id;
  uint8_t request_token[COAP_TOKEN_MAX];
  size_t request_token_length;
  uint64_t request_timeout_ns; /* the current interval, doubled at each retransmission */
  uint64_t request_due_ns;     /* NODE_NEVER while not armed */
  uint32_t request_retransmissions;

  struct coap_outgoing response; /* the last response, kept for repetitions */
  bool response_held;
  bool response_separate;       /* it travels in the place of `request` */
  uint16_t response_message_id; /* of the request that it answers */
  uint64_t response_until_ns;   /* dropped then */

  struct coap_outgoing control; /* empty ACK, RST or rejection */

  struct coap_seen {
    uint16_t message_id;
    bool acknowledge;      /* a repetition is answered with an empty ACK */
    enum node_phase phase; /* of that ACK */
    uint64_t until_ns;
  } seen[COAP_SEEN_MAX]; /* Message IDs processed and not answered by the held response */
  size_t seen_next;
};

/* Starts with a random Message ID. `hooks` must outlive the session. No Message ID comes twice
 * within 65536 messages, random or not. What was begun is ended by coap_session_wipe. */
void coap_session_init(struct coap_session *session, const struct coap_parameters *parameters,
                       const struct node_hooks *hooks);

enum coap_received {
  COAP_RECEIVED_NOTHING,  /* consumed here: duplicate, malformed, empty, unrelated */
  COAP_RECEIVED_REQUEST,  /* a request that was not processed yet: `message` */
  COAP_RECEIVED_RESPONSE, /* a response to the outstanding request: `message` */
  COAP_RECEIVED_RESET,    /* the outstanding request was answered with a Reset */
};

/* Takes one datagram from the remote. Repeats the held response to a repeated confirmable request
 * (same Message ID), ignores a repeated NON, answers an empty or a malformed CON and a CON response
 * that nobody waits for with RST, matches ACK and RST by Message ID, responses by token,
 * acknowledges a separate CON response. An ACK with the right Message ID and a wrong token is
 * ignored. A request is not marked as processed by this call: see coap_session_respond and
 * coap_session_ignore. Nor does a response end the exchange: the caller who is content with it
 * calls coap_session_cancel; one that is not (it does not verify, or is an error without
 * protection) lets the exchange go on, so that forged octets cannot end it, nor is a separate
 * response known by its Message ID before then. It is the same with a Reset: RFC 7252 section 4.2
 * lets it end the retransmissions, but who sends it need only guess a Message ID. */
enum coap_received coap_session_receive(struct coap_session *session, const uint8_t *data,
                                        size_t length, uint64_t now_ns,
                                        struct coap_message *message);

/* Queues a request. Sets its Message ID. CON is retransmitted until acknowledged or cancelled; NON
 * goes once and is outstanding to nobody (its answer, if any, is not matched). NODE_ERR_BUSY while
 * a confirmable request is outstanding (NSTART 1), NODE_ERR_EXHAUSTED. `label` is static text. */
NODE_MUST_CHECK int coap_session_request(struct coap_session *session, struct coap_message *message,
                                         const char *label);

/* Sends the request that was queued last once more, same bytes, same Message ID (the trigger's
 * repetition; also a NON). False: a separate response has taken its place since. */
NODE_MUST_CHECK bool coap_session_repeat_request(struct coap_session *session);

/* Makes the last confirmable request outstanding once more, same bytes, same Message ID, because
 * the response that was taken for good turned out to be none: the remote, which has processed the
 * request, repeats its response from what it holds, and that is taken again. Nothing may be
 * outstanding, and nothing else have been sent by coap_session_request or as a separate response
 * (asserted). */
void coap_session_ask_again(struct coap_session *session);

/* Ends the outstanding exchange, if any: its response is accepted, or it is given up. Drops what of
 * the last request was still to be written. */
void coap_session_cancel(struct coap_session *session);

/* Acknowledges a confirmable request by an empty ACK, because its response will take longer than
 * the remote should wait; its repetitions are acknowledged too. The response is then separate. */
void coap_session_acknowledge(struct coap_session *session, const struct coap_message *request,
                              uint64_t now_ns);

/* Answers `request`, echoing its token into `response`: to CON with a piggybacked ACK that echoes
 * the Message ID, to NON with a NON that has a Message ID of its own. The bytes are held for
 * repetitions until EXCHANGE_LIFETIME (NON_LIFETIME) has passed. A request that was acknowledged
 * (by coap_session_acknowledge, or by this call with `separate_responses`) is answered by a
 * separate CON, which is retransmitted until acknowledged and takes the place of the outstanding
 * request: NODE_ERR_BUSY while there is one, NODE_ERR_EXHAUSTED. A former separate response gives
 * way: the remote asks one thing at a time, so that it has what it asks no more for. A repetition
 * of the request has an empty ACK, and the separate response again where that had ended. */
NODE_MUST_CHECK int coap_session_respond(struct coap_session *session,
                                         const struct coap_message *request,
                                         struct coap_message *response, const char *label,
                                         uint64_t now_ns);

/* Answers `request` with a code alone, on the side: nothing is held, and what is held stays. The
 * request is not marked as processed. */
NODE_MUST_CHECK int coap_session_reject(struct coap_session *session,
                                        const struct coap_message *request, uint8_t code,
                                        const char *label);

/* Answers a request that carries a new Message ID but is known (by its SeqNum) to repeat the last:
 * the held response is sent again as the answer to this request. NODE_ERR_BAD_STATE if nothing is
 * held, NODE_ERR_TOO_LONG if a longer token makes it too long, NODE_ERR_BUSY as with a response,
 * NODE_ERR_EXHAUSTED. */
NODE_MUST_CHECK int coap_session_repeat_response(struct coap_session *session,
                                                 const struct coap_message *request,
                                                 uint64_t now_ns);

/* Remembers the Message ID of a request that is processed but not answered (a NON trigger), so
 * that its repetition is ignored for NON_LIFETIME (EXCHANGE_LIFETIME for CON). What is neither
 * answered nor ignored is delivered again when it is repeated. */
void coap_session_ignore(struct coap_session *session, const struct coap_message *request,
                         uint64_t now_ns);

/* Hands out the next datagram (all but its addresses, which are the caller's) and arms the timer of
 * a confirmable request. The phase is that of the message; of an empty ACK that of the separate
 * response, or of the request that such a response answers, where that is known. 1, 0 or
 * NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int coap_session_write(struct coap_session *session, struct node_datagram *datagram,
                                       uint64_t now_ns);

/* Of a session whose messages travel in records. Seals what is to be written, in the order of
 * writing, so that coap_session_write_sealed has nothing to compute; that hands out nothing that is
 * not sealed. Errors of coap_outgoing_seal: what could not be sealed is as if it were lost. */
NODE_MUST_CHECK int coap_session_seal(struct coap_session *session, coap_seal *seal, void *context);
NODE_MUST_CHECK int coap_session_write_sealed(struct coap_session *session,
                                              struct node_datagram *datagram, uint64_t now_ns);

uint64_t coap_session_expiry(const struct coap_session *session);

/* Returns true once, when the outstanding confirmable request has had its last chance: all
 * retransmissions made and the last interval over, or acknowledged and not answered within
 * MAX_TRANSMIT_WAIT. The exchange is then given up. A separate response is given up in silence. */
bool coap_session_handle_expiry(struct coap_session *session, uint64_t now_ns);

/* True while a confirmable request (or separate response) is outstanding. */
bool coap_session_busy(const struct coap_session *session);

/* What this end has to keep now, in octets: the message that is outstanding and may have to be sent
 * again, the response that is held for repetitions of its request (once, where both are the same),
 * and two for each Message ID besides that is remembered. */
size_t coap_session_held_bytes(const struct coap_session *session, uint64_t now_ns);

/* Forgets everything, and frees what is held; coap_session_init makes it usable again. Harmless for
 * zeroed memory. */
void coap_session_wipe(struct coap_session *session);

void coap_session_digest(const struct coap_session *session, struct digest *digest,
                         uint64_t now_ns);

#endif
