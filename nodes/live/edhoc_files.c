/* Credentials from files: hexadecimal digits or DER, and the forms of ID_CRED and of public keys
 * that other implementations write. */
#include "edhoc_files.h"

#include "../cbor/reader.h"
#include "../cbor/writer.h"
#include "../crypto/crypto.h"
#include "hex.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const uint8_t DEFAULT_C_I = 0x37, DEFAULT_C_R = 0x27; /* those of RFC 9529 */

enum {
  FILE_MAX = 16384,
  SOURCE_NAME_MAX = 1024,
  DER_SEQUENCE = 0x30,
  POINT_MAX = 1 + 2 * EC_LENGTH
};

/* A file that an option names. */
struct source {
  const struct edhoc_files_given *given;
  const char *option; /* without what all options begin with */
  const char *name;
  const char *accepted; /* what it should hold, for complaints */
  struct complaint *complaint;
};

static const char CRED_ACCEPTED[] = "a CWT Claims Set or a certificate as one CBOR item in "
                                    "hexadecimal digits, or a certificate's DER";
static const char ID_CRED_ACCEPTED[] = "a CBOR map in hexadecimal digits, such as a104412b or "
                                       "a11822822e48..., or a kid such as 2b or 412b";

/* What the names of options begin with. */
static const char *prefix(const struct edhoc_files_given *given) {
  return given->eap ? "--edhoc-" : "--";
}

/* Returns -1. */
static int source_refuse(const struct source *source, const char *wrong) {
  return complaint_set(source->complaint, "%s%s %s: %s; accepted: %s", prefix(source->given),
                       source->option, source->name, wrong, source->accepted);
}

/* The same where there is no such file: a key may have been given in the place of its name. */
static int source_refuse_name(const struct source *source, const char *wrong) {
  struct source shown = *source;
  if (strpbrk(source->name, "/.") == NULL)
    shown.name = "***";
  return source_refuse(&shown, wrong);
}

/* Octets */

static int source_read_text(const struct source *source, char text[FILE_MAX], size_t *length) {
  FILE *file = fopen(source->name, "re");
  if (file == NULL)
    return source_refuse_name(source, strerror(errno));
  *length = fread(text, 1, FILE_MAX, file);
  const bool failed = ferror(file) != 0;
  const int error = errno;
  fclose(file);
  if (failed)
    return source_refuse(source, strerror(error));
  return *length == FILE_MAX ? source_refuse(source, "it is too long") : 0;
}

static bool is_der(const uint8_t *octets, size_t length) {
  return length > 2 && octets[0] == DER_SEQUENCE && octets[1] > 0x80;
}

/* NULL, or what is wrong. */
static const char *decode_text(const char *text, size_t text_length, uint8_t *octets,
                               size_t capacity, size_t *length) {
  if (!is_der((const uint8_t *)text, text_length)) {
    const char *wrong = hex_read(text, text_length, octets, capacity, length);
    if (wrong != NULL)
      return wrong;
  } else {
    if (text_length > capacity)
      return "it is too long";
    memcpy(octets, text, *length = text_length);
  }
  return *length == 0 ? "it is empty" : NULL;
}

/* With line and column, if there is something that is no digit. */
static int source_refuse_at(const struct source *source, const char *text, size_t length,
                            const char *wrong) {
  static const char allowed[] = "0123456789abcdefABCDEF \t\r\n";
  char name[SOURCE_NAME_MAX];
  struct source shown = *source;
  size_t line = 1, column = 1, i = 0;
  for (; i < length && memchr(allowed, text[i], sizeof allowed - 1) != NULL; i++) {
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n';
  }
  snprintf(name, sizeof name, "%s:%zu:%zu", source->name, line, column);
  if (i < length && !is_der((const uint8_t *)text, length))
    shown.name = name;
  return source_refuse(&shown, wrong);
}

static int source_read_octets(const struct source *source, uint8_t *octets, size_t capacity,
                              size_t *length) {
  char text[FILE_MAX];
  size_t text_length = 0;
  if (source_read_text(source, text, &text_length) < 0)
    return -1;
  const char *wrong = decode_text(text, text_length, octets, capacity, length);
  const int result = wrong == NULL ? 0 : source_refuse_at(source, text, text_length, wrong);
  crypto_wipe(text, text_length);
  return result;
}

/* CRED and ID_CRED */

static int source_read_cred(const struct source *source, uint8_t cred[EDHOC_CRED_MAX],
                            size_t *cred_length) {
  uint8_t octets[EDHOC_CRED_MAX];
  struct cbor_reader reader;
  struct span_writer out;
  size_t length;
  if (source_read_octets(source, octets, sizeof octets, &length) < 0)
    return -1;
  span_writer_init(&out, cred, EDHOC_CRED_MAX, NULL);
  cbor_reader_init(&reader, octets, length);
  if (is_der(octets, length))
    cbor_put_bytes(&out, octets, length);
  else if (cbor_skip(&reader) == 0 && cbor_next(&reader) == CBOR_END)
    cbor_put_encoded(&out, octets, length);
  else
    return source_refuse(source, "it is not one item of deterministic CBOR");
  *cred_length = out.length;
  return out.overflow ? source_refuse(source, "it is too long") : 0;
}

/* A kid may be the integer as which its one octet travels. */
static bool take_kid(struct cbor_reader *reader, const uint8_t **kid, size_t *length) {
  if (cbor_next(reader) == CBOR_BYTES)
    return cbor_get_bytes(reader, kid, length) == 0;
  const size_t start = reader->offset;
  if (cbor_next(reader) > CBOR_NEGATIVE || cbor_skip(reader) != 0)
    return false;
  *kid = reader->data + start;
  *length = reader->offset - start;
  return *length == 1;
}

static int source_read_id_cred(const struct source *source, uint8_t id_cred[EDHOC_ID_CRED_MAX],
                               size_t *id_cred_length) {
  uint8_t octets[EDHOC_ID_CRED_MAX];
  const uint8_t *kid;
  size_t kid_length, pairs;
  int32_t label;
  struct cbor_reader whole, reader;
  struct span_writer out;
  size_t length;
  if (source_read_octets(source, octets, sizeof octets, &length) < 0)
    return -1;
  cbor_reader_init(&whole, octets, length);
  reader = whole;
  if (cbor_skip(&whole) != 0 || cbor_next(&whole) != CBOR_END)
    return source_refuse(source, "it is not one item of deterministic CBOR");
  const bool map = cbor_get_map(&reader, &pairs) == 0;
  const bool labelled_kid = map && pairs == 1 && cbor_get_int(&reader, &label) == 0 &&
                            label == EDHOC_HEADER_KID && take_kid(&reader, &kid, &kid_length);
  span_writer_init(&out, id_cred, EDHOC_ID_CRED_MAX, NULL);
  if (!map && !take_kid(&reader, &kid, &kid_length))
    return source_refuse(source, "it is neither a map nor a kid");
  if (map && !labelled_kid) {
    cbor_put_encoded(&out, octets, length);
  } else {
    cbor_put_map(&out, 1);
    cbor_put_int(&out, EDHOC_HEADER_KID);
    cbor_put_bytes(&out, kid, kid_length);
  }
  *id_cred_length = out.length;
  return out.overflow ? source_refuse(source, "it is too long") : 0;
}

/* Keys */

/* The curve of a key that does not say it: that of the first suite that we can run. */
static enum ec_curve default_curve(const struct edhoc_files_given *given, enum edhoc_role role) {
  const struct edhoc_suite *suite = NULL;
  for (size_t i = 0; suite == NULL && i < given->suites.count; i++)
    suite = edhoc_suite_find(given->suites.value[i]);
  return edhoc_method_curve(given->method, role, suite);
}

static int check_curve(const struct source *source, enum edhoc_role role, enum ec_curve curve) {
  static const char *const names[] = {
      [EC_P256] = "P-256", [EC_X25519] = "X25519", [EC_ED25519] = "Ed25519"};
  const struct edhoc_files_given *given = source->given;
  for (size_t i = 0; i < given->suites.count; i++) {
    const struct edhoc_suite *suite = edhoc_suite_find(given->suites.value[i]);
    if (suite != NULL && edhoc_method_curve(given->method, role, suite) == curve)
      return 0;
  }
  return complaint_set(source->complaint,
                       "%s%s %s: a key on %s serves none of the cipher suites with method %u",
                       prefix(given), source->option, source->name, names[curve], given->method);
}

static const struct ec_backend *choose_backend(const struct edhoc_files_given *given) {
  for (size_t i = 0; i < given->suites.count; i++) {
    const struct edhoc_suite *suite = edhoc_suite_find(given->suites.value[i]);
    for (unsigned role = 0; suite != NULL && role < EDHOC_ROLES; role++)
      if (edhoc_method_curve(given->method, (enum edhoc_role)role, suite) == EC_ED25519)
        return &EC_LIBCRYPTO;
  }
  return &EC_MBEDTLS;
}

static int point_read(const struct ec *ec, enum ec_curve curve, const uint8_t *octets,
                      size_t length, struct ec_public *public) {
  *public = (struct ec_public){.curve = curve};
  if (length == EC_LENGTH && curve == EC_P256)
    return ec_decompress(ec, curve, octets, false, public);
  if (length == EC_LENGTH) {
    memcpy(public->x, octets, EC_LENGTH);
    return 0;
  }
  if (curve != EC_P256)
    return NODE_ERR_MALFORMED;
  if (length == 1 + EC_LENGTH && (octets[0] == 2 || octets[0] == 3))
    return ec_decompress(ec, curve, octets + 1, octets[0] == 3, public);
  const bool marked = length == POINT_MAX && octets[0] == 4;
  if (!marked && length != POINT_MAX - 1)
    return NODE_ERR_MALFORMED;
  memcpy(public->x, octets + (marked ? 1 : 0), EC_LENGTH);
  memcpy(public->y, octets + (marked ? 1 : 0) + EC_LENGTH, EC_LENGTH);
  struct ec_public even, odd;
  if (ec_decompress(ec, curve, public->x, false, &even) != 0 ||
      ec_decompress(ec, curve, public->x, true, &odd) != 0)
    return NODE_ERR_MALFORMED;
  const bool on_curve =
      memcmp(public->y, even.y, EC_LENGTH) == 0 || memcmp(public->y, odd.y, EC_LENGTH) == 0;
  return on_curve ? 0 : NODE_ERR_MALFORMED;
}

/* The sides */

/* CRED and ID_CRED, and whether a key is found in CRED. */
static int files_side_read(const struct ec *ec, const struct source *cred,
                           const struct source *id_cred, struct edhoc_files_side *side,
                           bool *found) {
  size_t cred_length, id_cred_length;
  if (source_read_cred(cred, side->cred, &cred_length) < 0 ||
      source_read_id_cred(id_cred, side->id_cred, &id_cred_length) < 0)
    return -1;
  *found = edhoc_credential_read(ec, side->cred, cred_length, side->id_cred, id_cred_length,
                                 &side->credential) == 0;
  return 0;
}

static int files_own_read(const struct ec *ec, const struct edhoc_files_given *given,
                          struct edhoc_files *files, struct complaint *complaint) {
  const struct source key = {given, "key", given->key, "32 octets in hexadecimal digits",
                             complaint};
  const struct source cred = {given, "cred", given->cred, CRED_ACCEPTED, complaint};
  const struct source id_cred = {given, "id-cred", given->id_cred, ID_CRED_ACCEPTED, complaint};
  struct edhoc_credential *own = &files->own.credential;
  struct ec_public public;
  size_t length;
  bool found;
  if (source_read_octets(&key, files->private, sizeof files->private, &length) < 0)
    return -1;
  if (length != EC_LENGTH)
    return source_refuse(&key, "it is too short");
  if (files_side_read(ec, &cred, &id_cred, &files->own, &found) < 0)
    return -1;
  const enum ec_curve curve = found ? own->public.curve : default_curve(given, given->role);
  if (check_curve(&cred, given->role, curve) < 0)
    return -1;
  if (ec_derive(ec, curve, files->private, &public) != 0)
    return source_refuse(&key, "it is no private key of its curve");
  if (found && memcmp(public.x, own->public.x, EC_LENGTH) != 0)
    return source_refuse(&key, "it is not the private key of the public key in CRED");
  own->public = public;
  own->private = files->private;
  return 0;
}

static int peer_key_read(const struct ec *ec, const struct edhoc_files_given *given,
                         enum edhoc_role role, bool found, struct edhoc_credential *peer,
                         struct complaint *complaint) {
  const struct source source = {given, "peer-public-key", given->peer_public_key,
                                "32 octets in hexadecimal digits; P-256 also x and y, or a point "
                                "of SEC 1",
                                complaint};
  const enum ec_curve curve = found ? peer->public.curve : default_curve(given, role);
  uint8_t octets[POINT_MAX];
  struct ec_public public;
  size_t length;
  if (source_read_octets(&source, octets, sizeof octets, &length) < 0)
    return -1;
  if (point_read(ec, curve, octets, length, &public) != 0)
    return source_refuse(&source, "it is no public key of its curve");
  if (found && memcmp(public.x, peer->public.x, EC_LENGTH) != 0)
    return source_refuse(&source, "CRED has another public key");
  if (!found)
    peer->public = public;
  return 0;
}

/* The key that is given beside CRED, or else found in it. */
static int peer_key(const struct ec *ec, const struct edhoc_files_given *given,
                    enum edhoc_role role, bool found, struct edhoc_credential *peer,
                    struct complaint *complaint) {
  if (given->peer_public_key != NULL)
    return peer_key_read(ec, given, role, found, peer, complaint);
  return found ? 0
               : complaint_set(complaint,
                               "%speer-cred %s: no public key that could be used is found in it%s",
                               prefix(given), given->peer_cred,
                               given->eap ? "" : "; give it with --peer-public-key");
}

static int files_peer_read(const struct ec *ec, const struct edhoc_files_given *given,
                           struct edhoc_files *files, struct complaint *complaint) {
  const struct source cred = {given, "peer-cred", given->peer_cred, CRED_ACCEPTED, complaint};
  const struct source id_cred = {given, "peer-id-cred", given->peer_id_cred, ID_CRED_ACCEPTED,
                                 complaint};
  const enum edhoc_role role = given->role == EDHOC_INITIATOR ? EDHOC_RESPONDER : EDHOC_INITIATOR;
  struct edhoc_credential *peer = &files->peer.credential;
  bool found;
  if (files_side_read(ec, &cred, &id_cred, &files->peer, &found) < 0 ||
      peer_key(ec, given, role, found, peer, complaint) < 0 ||
      check_curve(&cred, role, peer->public.curve) < 0)
    return -1;
  if (given->trust_count == 0 &&
      edhoc_id_cred_has(peer->id_cred, peer->id_cred_length, EDHOC_HEADER_X5CHAIN))
    return complaint_set(complaint,
                         "%speer-id-cred %s: certificates by value (x5chain) need %strust",
                         prefix(given), given->peer_id_cred, prefix(given));
  return 0;
}

static int trust_read(const struct edhoc_files_given *given, const char *name,
                      uint8_t der[EDHOC_CRED_MAX], struct edhoc_certificate *certificate,
                      struct complaint *complaint) {
  const struct source source = {given, "trust", name,
                                "a certificate as DER, or in hexadecimal digits", complaint};
  struct cbor_reader reader;
  struct ec_public public;
  certificate->der = der;
  if (source_read_octets(&source, der, EDHOC_CRED_MAX, &certificate->length) < 0)
    return -1;
  cbor_reader_init(&reader, der, certificate->length);
  if (cbor_next(&reader) == CBOR_BYTES &&
      cbor_get_bytes(&reader, &certificate->der, &certificate->length) != 0)
    return source_refuse(&source, "it is cut short");
  return edhoc_certificate_key(certificate, &public) == 0
             ? 0
             : source_refuse(&source, "it is no certificate with a P-256 key");
}

struct edhoc_connection_id edhoc_files_connection(enum edhoc_role role) {
  return (struct edhoc_connection_id){
      .length = 1, .bytes = {role == EDHOC_INITIATOR ? DEFAULT_C_I : DEFAULT_C_R}};
}

int edhoc_files_read(const struct edhoc_files_given *given, struct edhoc_files *files,
                     struct complaint *complaint) {
  memset(files, 0, sizeof *files);
  files->backend = choose_backend(given);
  const struct ec ec = {.backend = files->backend};
  if (files_own_read(&ec, given, files, complaint) < 0 ||
      (given->peer_cred != NULL && files_peer_read(&ec, given, files, complaint) < 0))
    return -1;
  for (size_t i = 0; i < given->trust_count; i++)
    if (trust_read(given, given->trust[i], files->trust_der[i], &files->trust[i], complaint) < 0)
      return -1;
  return 0;
}

/* The peer's credential, if it is the one that was given. */
static const struct edhoc_credential *files_lookup(void *context, const uint8_t *id_cred,
                                                   size_t length) {
  const struct edhoc_credential *peer = context;
  const bool same = peer->cred != NULL && length == peer->id_cred_length &&
                    memcmp(id_cred, peer->id_cred, length) == 0;
  return same ? peer : NULL;
}

static uint64_t files_clock(void *context) {
  (void)context;
  const time_t now_s = time(NULL);
  return now_s < 0 ? 0 : (uint64_t)now_s;
}

struct edhoc_config edhoc_files_config(const struct edhoc_files_given *given,
                                       struct edhoc_files *files) {
  return (struct edhoc_config){
      .methods = (uint8_t)(1u << given->method),
      .suites = given->suites,
      .connection = given->connection,
      .credentials = &files->own.credential,
      .credentials_count = 1,
      .lookup = files_lookup,
      .anchors = files->trust,
      .anchors_count = given->trust_count,
      .peer_name = given->peer_name,
      .clock = files_clock,
      .context = &files->peer.credential,
      .backend = files->backend,
  };
}

void edhoc_files_wipe(struct edhoc_files *files) {
  crypto_wipe(files, sizeof *files);
}
