/* Two programs `coap-eap-node edhoc` that speak through the test, and the files that they need. */
#ifndef NODES_LIVE_TESTS_EDHOC_PAIR_H
#define NODES_LIVE_TESTS_EDHOC_PAIR_H

#include "dialogue.h"
#include "process.h"
#include "test.h"

#include "../../edhoc/edhoc.h"

enum { INITIATOR, RESPONDER, SIDES };
enum { PAIR_EXTRA = 12, PAIR_SAID_MAX = 4096 };

/* KIND_OPAQUE: no public key is found in CRED. */
enum pair_kind { KIND_KID, KIND_X5T, KIND_X5CHAIN, KIND_OPAQUE };

extern const char *const PAIR_NAMES[SIDES];

/* The numbers from 0 to 9 as text. */
extern const char *const PAIR_DIGITS[10];

/* NAME.key, NAME.cred, NAME.id, NAME.public, and of certificates NAME.der, of a key that `seed`
 * determines. */
void pair_write(const char *name, int seed, enum ec_curve curve, enum pair_kind kind);

/* Likewise, of a certificate by value with these names, times and purpose (tests/edhoc/certify.h);
 * issuer and key are ours. */
struct certify;
void pair_write_certificate(const char *name, int seed, const struct certify *wishes);

/* Both sides' files, fit for method and suite. */
void pair_write_sides(unsigned method, int32_t suite, enum pair_kind kind);

/* root.der: who has issued all certificates. */
void pair_write_root(void);

/* NAME.der: a CA of the same name that has issued none. */
void pair_write_other_root(const char *name);

/* The path of a file of the test's; stays valid. */
const char *pair_path(const char *name);

/* What the first line of a file holds; valid until the next call. */
const char *pair_file_text(const char *name);

struct pair_party {
  struct dialogue dialogue;
  char said[PAIR_SAID_MAX]; /* all lines that were no message */
  int status;
};

/* Starts one side with its files; `extra` ends with NULL and overrides, or is NULL. */
void pair_start(struct pair_party *party, unsigned side, const char *method, const char *suites,
                const char *const *extra);

/* Hears a message, or fails; without "TX ", with the end of its line. */
void pair_hear(struct pair_party *party, char line[DIALOGUE_LINE_MAX]);

/* Changes the message of this number, in place. */
typedef void pair_change(unsigned number, char *digits);

/* Carries messages from one to the other until there are no more, and ends both. */
void pair_converse(struct pair_party *parties, pair_change *change);

/* Tells no more and waits for its end. */
void pair_finish(struct pair_party *party);

/* Both have said the same and nothing but so many exports; or one has failed with these words. */
void pair_expect_completed(const struct pair_party *parties, size_t exports);
void pair_expect_failed(const struct pair_party *party, const char *words);

/* Starts both, lets them speak, expects that they complete. */
void pair_complete(const char *method, const char *suites,
                   const char *const extra[SIDES][PAIR_EXTRA], size_t exports);

#endif
