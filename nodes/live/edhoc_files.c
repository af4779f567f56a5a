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

enum { FILE_MAX = 16384, DER_SEQUENCE = 0x30, POINT_MAX = 1 + 2 * EC_LENGTH };

/* A file that an option names. */
struct source {
  const struct edhoc_options *options;
  const char *option; /* without what all options begin with */
  const char *name;
  const char *accepted; /* what it should hold, for messages */
};

static const char CRED_ACCEPTED[] = "a CWT Claims Set or a certificate as one CBOR item in "
                                    "hexadecimal digits, or a certificate's DER";
static const char ID_CRED_ACCEPTED[] = "a CBOR map in hexadecimal digits, such as a104412b or "
                                       "a11822822e48..., or a kid such as 2b or 412b";

/* What the names of options begin with. */
static const char *prefix(const struct edhoc_options *options) {
  return options->eap ? "--edhoc-" : "--";
}

_Noreturn static void refuse(const struct source *source, const char *wrong) {
  edhoc_options_refuse(source->options, "%s%s %s: %s; accepted: %s", prefix(source->options),
                       source->option, source->name, wrong, source->accepted);
}

/* Octets */

static size_t read_text(const struct source *source, char text[FILE_MAX]) {
  FILE *file = fopen(source->name, "re");
  if (file == NULL)
    refuse(source, strerror(errno));
  const size_t length = fread(text, 1, FILE_MAX, file);
  const bool failed = ferror(file) != 0;
  const int error = errno;
  fclose(file);
  if (failed)
    refuse(source, strerror(error));
  if (length == FILE_MAX)
    refuse(source, "it is too long");
  return length;
}

static bool is_der(const uint8_t *octets, size_t length) {
  return length > 2 && octets[0] == DER_SEQUENCE && octets[1] > 0x80;
}

static size_t read_octets(const struct source *source, uint8_t *octets, size_t capacity) {
  char text[FILE_MAX];
  size_t length = 0;
  const size_t text_length = read_text(source, text);
  const char *wrong = NULL;
  if (!is_der((const uint8_t *)text, text_length))
    wrong = hex_read(text, text_length, octets, capacity, &length);
  else if (text_length > capacity)
    wrong = "it is too long";
  else
    memcpy(octets, text, length = text_length);
  crypto_wipe(text, text_length);
  if (wrong == NULL && length == 0)
    wrong = "it is empty";
  if (wrong != NULL)
    refuse(source, wrong);
  return length;
}

/* CRED and ID_CRED */

static size_t read_cred(const struct source *source, uint8_t cred[EDHOC_CRED_MAX]) {
  uint8_t octets[EDHOC_CRED_MAX];
  struct cbor_reader reader;
  struct span_writer out;
  const size_t length = read_octets(source, octets, sizeof octets);
  span_writer_init(&out, cred, EDHOC_CRED_MAX, NULL);
  cbor_reader_init(&reader, octets, length);
  if (is_der(octets, length))
    cbor_put_bytes(&out, octets, length);
  else if (cbor_skip(&reader) == 0 && cbor_next(&reader) == CBOR_END)
    cbor_put_encoded(&out, octets, length);
  else
    refuse(source, "it is not one item of deterministic CBOR");
  if (out.overflow)
    refuse(source, "it is too long");
  return out.length;
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

static size_t read_id_cred(const struct source *source, uint8_t id_cred[EDHOC_ID_CRED_MAX]) {
  uint8_t octets[EDHOC_ID_CRED_MAX];
  const uint8_t *kid;
  size_t kid_length, pairs;
  int32_t label;
  struct cbor_reader whole, reader;
  struct span_writer out;
  const size_t length = read_octets(source, octets, sizeof octets);
  cbor_reader_init(&whole, octets, length);
  reader = whole;
  if (cbor_skip(&whole) != 0 || cbor_next(&whole) != CBOR_END)
    refuse(source, "it is not one item of deterministic CBOR");
  const bool map = cbor_get_map(&reader, &pairs) == 0;
  const bool labelled_kid = map && pairs == 1 && cbor_get_int(&reader, &label) == 0 &&
                            label == EDHOC_HEADER_KID && take_kid(&reader, &kid, &kid_length);
  span_writer_init(&out, id_cred, EDHOC_ID_CRED_MAX, NULL);
  if (map && !labelled_kid) {
    cbor_put_encoded(&out, octets, length);
    return out.length;
  }
  if (!map && !take_kid(&reader, &kid, &kid_length))
    refuse(source, "it is neither a map nor a kid");
  cbor_put_map(&out, 1);
  cbor_put_int(&out, EDHOC_HEADER_KID);
  cbor_put_bytes(&out, kid, kid_length);
  if (out.overflow)
    refuse(source, "it is too long");
  return out.length;
}

/* Keys */

static enum ec_curve curve_in(const struct edhoc_options *options, enum edhoc_role role,
                              const struct edhoc_suite *suite) {
  return edhoc_method_curve(options->method, role, suite);
}

/* The curve of a key that does not say it: that of the first suite that we can run. */
static enum ec_curve default_curve(const struct edhoc_options *options, enum edhoc_role role) {
  const struct edhoc_suite *suite = NULL;
  for (size_t i = 0; suite == NULL && i < options->suites.count; i++)
    suite = edhoc_suite_find(options->suites.value[i]);
  return curve_in(options, role, suite);
}

static void check_curve(const struct edhoc_options *options, enum edhoc_role role,
                        const struct source *source, enum ec_curve curve) {
  static const char *const names[] = {
      [EC_P256] = "P-256", [EC_X25519] = "X25519", [EC_ED25519] = "Ed25519"};
  for (size_t i = 0; i < options->suites.count; i++) {
    const struct edhoc_suite *suite = edhoc_suite_find(options->suites.value[i]);
    if (suite != NULL && curve_in(options, role, suite) == curve)
      return;
  }
  edhoc_options_refuse(
      options, "%s%s %s: a key on %s serves none of the cipher suites with method %u",
      prefix(options), source->option, source->name, names[curve], options->method);
}

static const struct ec_backend *choose_backend(const struct edhoc_options *options) {
  for (size_t i = 0; i < options->suites.count; i++) {
    const struct edhoc_suite *suite = edhoc_suite_find(options->suites.value[i]);
    for (unsigned role = EDHOC_INITIATOR; suite != NULL && role <= EDHOC_RESPONDER; role++)
      if (curve_in(options, (enum edhoc_role)role, suite) == EC_ED25519)
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

static int side_read(const struct ec *ec, const struct source *cred, const struct source *id_cred,
                     struct edhoc_files_side *side) {
  const size_t cred_length = read_cred(cred, side->cred);
  const size_t id_cred_length = read_id_cred(id_cred, side->id_cred);
  return edhoc_credential_read(ec, side->cred, cred_length, side->id_cred, id_cred_length,
                               &side->credential);
}

static void own_read(const struct ec *ec, const struct edhoc_options *options,
                     struct edhoc_files *files) {
  const struct source key = {options, "key", options->key, "32 octets in hexadecimal digits"};
  const struct source cred = {options, "cred", options->cred, CRED_ACCEPTED};
  const struct source id_cred = {options, "id-cred", options->id_cred, ID_CRED_ACCEPTED};
  struct edhoc_credential *own = &files->own.credential;
  struct ec_public public;
  if (read_octets(&key, files->private, sizeof files->private) != EC_LENGTH)
    refuse(&key, "it is too short");
  const bool found = side_read(ec, &cred, &id_cred, &files->own) == 0;
  const enum ec_curve curve = found ? own->public.curve : default_curve(options, options->role);
  check_curve(options, options->role, &cred, curve);
  if (ec_derive(ec, curve, files->private, &public) != 0)
    refuse(&key, "it is no private key of its curve");
  if (found && memcmp(public.x, own->public.x, EC_LENGTH) != 0)
    refuse(&key, "it is not the private key of the public key in CRED");
  own->public = public;
  own->private = files->private;
}

static void peer_key_read(const struct ec *ec, const struct edhoc_options *options,
                          enum edhoc_role role, bool found, struct edhoc_credential *peer) {
  const struct source source = {options, "peer-public-key", options->peer_public_key,
                                "32 octets in hexadecimal digits; P-256 also x and y, or a point "
                                "of SEC 1"};
  const enum ec_curve curve = found ? peer->public.curve : default_curve(options, role);
  uint8_t octets[POINT_MAX];
  struct ec_public public;
  const size_t length = read_octets(&source, octets, sizeof octets);
  if (point_read(ec, curve, octets, length, &public) != 0)
    refuse(&source, "it is no public key of its curve");
  if (found && memcmp(public.x, peer->public.x, EC_LENGTH) != 0)
    refuse(&source, "CRED has another public key");
  if (!found)
    peer->public = public;
}

static void peer_read(const struct ec *ec, const struct edhoc_options *options,
                      struct edhoc_files *files) {
  const struct source cred = {options, "peer-cred", options->peer_cred, CRED_ACCEPTED};
  const struct source id_cred = {options, "peer-id-cred", options->peer_id_cred, ID_CRED_ACCEPTED};
  const enum edhoc_role role = options->role == EDHOC_INITIATOR ? EDHOC_RESPONDER : EDHOC_INITIATOR;
  struct edhoc_credential *peer = &files->peer.credential;
  const bool found = side_read(ec, &cred, &id_cred, &files->peer) == 0;
  if (options->peer_public_key != NULL)
    peer_key_read(ec, options, role, found, peer);
  else if (!found)
    edhoc_options_refuse(options,
                         "%speer-cred %s: no public key that could be used is found in it%s",
                         prefix(options), options->peer_cred,
                         options->eap ? "" : "; give it with --peer-public-key");
  check_curve(options, role, &cred, peer->public.curve);
  if (options->trust_count == 0 &&
      edhoc_id_cred_has(peer->id_cred, peer->id_cred_length, EDHOC_HEADER_X5CHAIN))
    edhoc_options_refuse(options, "%speer-id-cred %s: certificates by value (x5chain) need %strust",
                         prefix(options), options->peer_id_cred, prefix(options));
}

static void trust_read(const struct edhoc_options *options, const char *name,
                       uint8_t der[EDHOC_CRED_MAX], struct edhoc_certificate *certificate) {
  const struct source source = {options, "trust", name,
                                "a certificate as DER, or in hexadecimal digits"};
  struct cbor_reader reader;
  struct ec_public public;
  *certificate =
      (struct edhoc_certificate){.der = der, .length = read_octets(&source, der, EDHOC_CRED_MAX)};
  cbor_reader_init(&reader, der, certificate->length);
  if (cbor_next(&reader) == CBOR_BYTES &&
      cbor_get_bytes(&reader, &certificate->der, &certificate->length) != 0)
    refuse(&source, "it is cut short");
  if (edhoc_certificate_key(certificate, &public) != 0)
    refuse(&source, "it is no certificate with a P-256 key");
}

void edhoc_files_read(const struct edhoc_options *options, struct edhoc_files *files) {
  memset(files, 0, sizeof *files);
  files->backend = choose_backend(options);
  const struct ec ec = {.backend = files->backend};
  own_read(&ec, options, files);
  if (options->peer_cred != NULL)
    peer_read(&ec, options, files);
  for (size_t i = 0; i < options->trust_count; i++)
    trust_read(options, options->trust[i], files->trust_der[i], &files->trust[i]);
}

/* The peer's credential, if it is the one that was given. */
static const struct edhoc_credential *lookup(void *context, const uint8_t *id_cred, size_t length) {
  const struct edhoc_credential *peer = context;
  const bool same = peer->cred != NULL && length == peer->id_cred_length &&
                    memcmp(id_cred, peer->id_cred, length) == 0;
  return same ? peer : NULL;
}

struct edhoc_config edhoc_files_config(const struct edhoc_options *options,
                                       struct edhoc_files *files) {
  return (struct edhoc_config){
      .methods = (uint8_t)(1u << options->method),
      .suites = options->suites,
      .connection = options->connection,
      .credentials = &files->own.credential,
      .credentials_count = 1,
      .lookup = lookup,
      .anchors = files->trust,
      .anchors_count = options->trust_count,
      .context = &files->peer.credential,
      .backend = files->backend,
  };
}

void edhoc_files_wipe(struct edhoc_files *files) {
  crypto_wipe(files, sizeof *files);
}
