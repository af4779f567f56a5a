/* EDHOC's messages, each given to a session that awaits it; and plaintexts, which a peer that has
 * the keys may choose. Of an input the first octet says which message, the second which parties. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "cbor/writer.h"
#include "edhoc/edhoc_parties.h"
#include "edhoc/session.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 500;

enum { MESSAGES = 4, WAYS = 3 };

/* What an input is. */
enum message_kind {
  ERROR,
  MESSAGE_1,
  MESSAGE_2,
  MESSAGE_3,
  MESSAGE_4,
  PLAINTEXT_2,
  PLAINTEXT_3,
  PLAINTEXT_4,
  KINDS
};

typedef int stage_composer(struct edhoc *, const struct edhoc_ead *, size_t, uint8_t *, size_t,
                           size_t *);
typedef int stage_processor(struct edhoc *, const uint8_t *, size_t);

static stage_composer *const COMPOSE[] = {edhoc_message_1_compose, edhoc_message_2_compose,
                                          edhoc_message_3_compose, edhoc_message_4_compose};
static stage_processor *const PROCESS[] = {edhoc_message_1_process, edhoc_message_2_process,
                                           edhoc_message_3_process, edhoc_message_4_process};

static const struct {
  unsigned method;
  enum parties_credential credential;
} WAY[WAYS] = {{3, PARTIES_KID}, {0, PARTIES_X5CHAIN}, {1, PARTIES_X5T}};

/* A run, stopped before each message is taken. */
static struct stage {
  struct parties parties;
  struct seeded seeded;
  struct node_hooks hooks;
  struct edhoc waits[MESSAGES];
  uint8_t message[MESSAGES][EDHOC_MESSAGE_MAX];
  size_t length[MESSAGES];
} stages[WAYS];

static void set_stage(struct stage *stage, size_t way) {
  const struct parties_options options = {
      .peers = 1, .method = WAY[way].method, .suite = 2, .credential = WAY[way].credential};
  struct edhoc side[EDHOC_ROLES];
  parties_init(&stage->parties, &options);
  stage->seeded.state = 1;
  stage->hooks = (struct node_hooks){.context = &stage->seeded, .random = seeded_bytes};
  fuzz_claim(edhoc_init(&side[EDHOC_INITIATOR], EDHOC_INITIATOR, &stage->parties.peers[0].config,
                        &stage->hooks) == 0 &&
                 edhoc_init(&side[EDHOC_RESPONDER], EDHOC_RESPONDER, &stage->parties.server.config,
                            &stage->hooks) == 0,
             "sessions begin");
  for (size_t i = 0; i < MESSAGES; i++) {
    struct edhoc *sender = &side[i % 2], *receiver = &side[1 - i % 2];
    fuzz_claim(
        COMPOSE[i](sender, NULL, 0, stage->message[i], EDHOC_MESSAGE_MAX, &stage->length[i]) == 0,
        "a message is composed");
    stage->waits[i] = *receiver;
    fuzz_claim(PROCESS[i](receiver, stage->message[i], stage->length[i]) == 0,
               "a message is processed");
  }
}

static struct stage *stage_of(size_t way) {
  if (stages[0].length[0] == 0)
    for (size_t i = 0; i < WAYS; i++)
      set_stage(&stages[i], i);
  return &stages[way];
}

/* What a peer with the keys of a session makes of a plaintext: message 2, 3 or 4, to be freed. */

static uint8_t *wrap(const uint8_t *octets, size_t length, size_t *message_length) {
  enum { HEAD_MAX = 3 };
  uint8_t *message = malloc(length + HEAD_MAX);
  struct span_writer out;
  fuzz_claim(message != NULL, "there is memory");
  span_writer_init(&out, message, length + HEAD_MAX, NULL);
  cbor_put_bytes(&out, octets, length);
  *message_length = out.length;
  return message;
}

/* G_Y as it was sent, and the keys that follow from it. */
static const uint8_t *derive_2(const struct stage *stage, struct edhoc *session) {
  const struct ec ec = edhoc_ec(&stage->waits[1]);
  const uint8_t *g_y;
  size_t length;
  struct cbor_reader reader;
  cbor_reader_init(&reader, stage->message[1], stage->length[1]);
  *session = stage->waits[1];
  fuzz_claim(cbor_get_bytes(&reader, &g_y, &length) == 0 &&
                 ec_decompress(&ec, session->suite->exchange, g_y, false, &session->peer_public) ==
                     0 &&
                 edhoc_derive_2e(session) == 0,
             "keys are derived");
  return g_y;
}

static uint8_t *seal_2(const struct stage *stage, const uint8_t *text, size_t length,
                       size_t *message_length) {
  uint8_t octets[FUZZ_INPUT_MAX + EC_LENGTH];
  struct edhoc session;
  if (length > FUZZ_INPUT_MAX)
    length = FUZZ_INPUT_MAX;
  memcpy(octets, derive_2(stage, &session), EC_LENGTH);
  memcpy(octets + EC_LENGTH, text, length);
  fuzz_claim(edhoc_keystream_2(NULL, session.prk, session.th, octets + EC_LENGTH, length) == 0,
             "a plaintext is sealed");
  return wrap(octets, EC_LENGTH + length, message_length);
}

static uint8_t *edhoc_seal(const struct edhoc *session, enum edhoc_label key_label,
                           const uint8_t *text, size_t length, size_t *message_length) {
  uint8_t *ciphertext = malloc(length + EDHOC_KEY_LENGTH);
  struct edhoc_aead aead;
  fuzz_claim(ciphertext != NULL &&
                 edhoc_aead_derive(NULL, session->suite, session->prk, key_label, session->th,
                                   &aead) == 0 &&
                 edhoc_aead_seal(NULL, &aead, text, length, ciphertext) == 0,
             "a plaintext is sealed");
  uint8_t *message = wrap(ciphertext, length + aead.tag_length, message_length);
  free(ciphertext);
  return message;
}

/* A session goes on or is aborted, with words and without secrets. */
static void check_session(const struct edhoc *session, int error) {
  static const uint8_t zeros[EDHOC_PRK_LENGTH];
  fuzz_claim(session->c_i.length <= EDHOC_CONNECTION_ID_MAX &&
                 session->c_r.length <= EDHOC_CONNECTION_ID_MAX,
             "connection identifiers have room");
  if (error == 0)
    return;
  fuzz_claim(session->state == EDHOC_ABORTED && session->error != 0 &&
                 strlen(edhoc_reason(session)) > 0,
             "a session is aborted with a reason");
  fuzz_claim(memcmp(session->prk, zeros, sizeof zeros) == 0 &&
                 memcmp(session->private, zeros, sizeof session->private) == 0,
             "an aborted session has no secrets");
}

static int give_error(const struct stage *stage, const uint8_t *data, size_t size) {
  struct edhoc session = stage->waits[1];
  (void)edhoc_is_error(data, size);
  const int error = edhoc_error_process(&session, data, size);
  fuzz_claim(session.state == EDHOC_ABORTED, "an error message ends the session");
  return error;
}

static int give_message(const struct stage *stage, size_t number, const uint8_t *data,
                        size_t size) {
  uint8_t reply[EDHOC_MESSAGE_MAX];
  size_t length;
  struct edhoc session = stage->waits[number - 1];
  struct edhoc_peer_error read;
  const int error = PROCESS[number - 1](&session, data, size);
  check_session(&session, error);
  if (error != 0 && edhoc_error_compose(&session, reply, sizeof reply, &length) == 0)
    fuzz_claim(edhoc_error_read(reply, length, &read) == 0, "our error message is one");
  return error;
}

/* What is not verified may still be read to its end. */
static bool is_read(int error) {
  return error != NODE_ERR_MALFORMED && error != NODE_ERR_TOO_LONG;
}

static bool give_plaintext(const struct stage *stage, enum message_kind kind, const uint8_t *data,
                           size_t size) {
  const size_t number = kind == PLAINTEXT_2 ? 2 : kind == PLAINTEXT_3 ? 3 : 4;
  const enum edhoc_label key_label = kind == PLAINTEXT_3 ? EDHOC_K_3 : EDHOC_K_4;
  size_t length;
  uint8_t *message = kind == PLAINTEXT_2
                         ? seal_2(stage, data, size, &length)
                         : edhoc_seal(&stage->waits[number - 1], key_label, data, size, &length);
  const int error = give_message(stage, number, message, length);
  free(message);
  return is_read(error);
}

/* Whoever has no keys can have no other message accepted than the one that was sent. */
static bool is_sent(const struct stage *stage, size_t number, const uint8_t *data, size_t size) {
  return size == stage->length[number - 1] && memcmp(data, stage->message[number - 1], size) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  const struct stage *stage = stage_of(data[1] % WAYS);
  const enum message_kind kind = data[0] % KINDS;
  data += 2;
  size -= 2;
  if (kind == ERROR)
    fuzz_accepted = give_error(stage, data, size) == 0;
  else if (kind < PLAINTEXT_2)
    fuzz_accepted = give_message(stage, kind, data, size) == 0;
  else
    fuzz_accepted = give_plaintext(stage, kind, data, size);
  if (fuzz_accepted && kind >= MESSAGE_2 && kind <= MESSAGE_4)
    fuzz_claim(is_sent(stage, kind, data, size), "what was accepted was sent");
  return 0;
}

static void take_kind(fuzz_take *take, enum message_kind kind, size_t way, const uint8_t *octets,
                      size_t length) {
  struct fuzz_input input = {.size = 0};
  fuzz_input_put(&input, (const uint8_t[]){(uint8_t)kind, (uint8_t)way}, 2);
  fuzz_input_put(&input, octets, length);
  take(input.data, input.size);
}

static void take_plaintext_2(fuzz_take *take, size_t way) {
  const struct stage *stage = stage_of(way);
  uint8_t text[EDHOC_MESSAGE_MAX];
  struct edhoc session;
  const uint8_t *g_y = derive_2(stage, &session);
  const size_t length = (size_t)(stage->message[1] + stage->length[1] - g_y) - EC_LENGTH;
  memcpy(text, g_y + EC_LENGTH, length);
  fuzz_claim(edhoc_keystream_2(NULL, session.prk, session.th, text, length) == 0,
             "a message is opened");
  take_kind(take, PLAINTEXT_2, way, text, length);
}

/* The plaintext of message 3 or 4 as it was sent. */
static void take_plaintext(fuzz_take *take, size_t way, size_t number) {
  const struct stage *stage = stage_of(way);
  const struct edhoc *session = &stage->waits[number - 1];
  uint8_t text[EDHOC_MESSAGE_MAX];
  const uint8_t *ciphertext;
  size_t length;
  struct cbor_reader reader;
  struct edhoc_aead aead;
  cbor_reader_init(&reader, stage->message[number - 1], stage->length[number - 1]);
  fuzz_claim(cbor_get_bytes(&reader, &ciphertext, &length) == 0 &&
                 edhoc_aead_derive(NULL, session->suite, session->prk,
                                   number == 3 ? EDHOC_K_3 : EDHOC_K_4, session->th, &aead) == 0 &&
                 edhoc_aead_open(NULL, &aead, ciphertext, length, text) == 0,
             "a message is opened");
  take_kind(take, number == 3 ? PLAINTEXT_3 : PLAINTEXT_4, way, text, length - aead.tag_length);
}

/* Message 1 with the longest C_I, and an octet behind it that is EAD. */
static void take_longest_message_1(fuzz_take *take) {
  static const uint8_t octets[EDHOC_CONNECTION_ID_MAX] = {1, 2, 3};
  const struct stage *stage = stage_of(0);
  uint8_t message[EDHOC_MESSAGE_MAX];
  struct span_writer out;
  span_writer_init(&out, message, sizeof message, NULL);
  cbor_put_encoded(&out, stage->message[0], stage->length[0] - 1);
  cbor_put_bytes(&out, octets, sizeof octets);
  cbor_put_uint(&out, EDHOC_EAD_PADDING);
  take_kind(take, MESSAGE_1, 0, message, out.length);
}

/* A plaintext that is read to its end, though it does not verify. */
static void take_longest_plaintext_2(fuzz_take *take) {
  static const uint8_t octets[EDHOC_CONNECTION_ID_MAX] = {1, 2, 3};
  uint8_t text[EDHOC_MESSAGE_MAX];
  struct span_writer out;
  span_writer_init(&out, text, sizeof text, NULL);
  cbor_put_bytes(&out, octets, EDHOC_CONNECTION_ID_MAX); /* C_R */
  cbor_put_uint(&out, 7);                                /* ID_CRED_R */
  cbor_put_bytes(&out, octets, 8);                       /* MAC_2 */
  for (unsigned i = 0; i < EDHOC_EAD_MAX; i++)
    cbor_put_uint(&out, i);
  take_kind(take, PLAINTEXT_2, 0, text, out.length);
}

void fuzz_seeds(fuzz_take *take) {
  static const struct {
    size_t size;
    uint8_t data[16];
  } errors[] = {{3, {0x01, 0x61, 'x'}},
                {4, {0x02, 0x82, 0x00, 0x02}},
                {2, {0x03, 0xf5}},
                {3, {0x18, 0x2a, 0xf6}}};
  static const uint8_t padding[] = {0x00, 0x41, 0x00}, ead[] = {0x18, 0x64, 0x42, 1, 2};
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
    take_kind(take, ERROR, 0, errors[i].data, errors[i].size);
  for (size_t way = 0; way < WAYS; way++)
    for (size_t i = 0; i < MESSAGES; i++)
      if (way == 0 || (way == 1 && i == 1))
        take_kind(take, (enum message_kind)(MESSAGE_1 + i), way, stage_of(way)->message[i],
                  stage_of(way)->length[i]);
  for (size_t way = 0; way < WAYS; way++)
    take_plaintext(take, way, 3);
  take_plaintext_2(take, 0);
  take_plaintext(take, 0, 4);
  take_longest_message_1(take);
  take_longest_plaintext_2(take);
  take_kind(take, PLAINTEXT_4, 0, padding, sizeof padding);
  take_kind(take, PLAINTEXT_4, 0, ead, sizeof ead);
}
