/* Proposals and transforms, by walking over the octets: nothing of an offer is kept, so that it may
 * have as many as fit. */
#include "sa.h"

#include "bytes.h"

enum { PROPOSAL_HEAD = 8, TRANSFORM_HEAD = 8, LAST = 0, MORE_PROPOSALS = 2, MORE_TRANSFORMS = 3 };
enum {
  ATTRIBUTE_HEAD = 4,
  ATTRIBUTE_TV = 0x8000,
  KEY_LENGTH_TV = ATTRIBUTE_TV | 14,
  KEY_BITS = 128
};
enum { ESP_SPI_LENGTH = 4, ESP_SPI_LEAST = 256 };

/* Of INTEG and D-H: the proposal may do without. */
enum { TRANSFORM_NONE = 0 };

static const struct {
  const char *name;
  enum ikev2_prf prf;
  enum ikev2_group group;
} PROPOSALS[] = {
#define PROPOSAL(id, name, prf, group, help) {name, IKEV2_PRF_##prf, IKEV2_GROUP_##group},
#include "proposals.def"
#undef PROPOSAL
};

static const enum ikev2_encryption ESP_ENCRYPTION[] = {
    [IKEV2_ESP_AES_CCM_8] = IKEV2_ENCR_AES_CCM_8,
    [IKEV2_ESP_AES_CCM_8_IIV] = IKEV2_ENCR_AES_CCM_8_IIV,
};

const char *ikev2_proposal_name(enum ikev2_proposal proposal) {
  return PROPOSALS[proposal].name;
}

enum ikev2_prf ikev2_proposal_prf(enum ikev2_proposal proposal) {
  return PROPOSALS[proposal].prf;
}

enum ikev2_group ikev2_proposal_group(enum ikev2_proposal proposal) {
  return PROPOSALS[proposal].group;
}

enum ikev2_encryption ikev2_esp_encryption(enum ikev2_esp_suite suite) {
  return ESP_ENCRYPTION[suite];
}

/* Walking */

struct proposal_view {
  uint8_t number, protocol, spi_length;
  const uint8_t *spi;
  const uint8_t *transforms;
  size_t length; /* of the transforms */
  unsigned count;
};

struct transform_view {
  uint8_t type;
  uint16_t id;
  const uint8_t *attributes;
  size_t length;
};

/* The length of a substructure at the beginning of `left` octets, whose first octet says whether it
 * is the last; 0: it is malformed. */
static size_t substructure_length(const uint8_t *data, size_t left, size_t head, uint8_t more) {
  if (left < head)
    return 0;
  const size_t length = ikev2_get_u16(data + 2);
  if (length < head || length > left || data[0] != (length == left ? LAST : more))
    return 0;
  return length;
}

/* Of octets that have been checked. Returns the octets of the proposal. */
static size_t proposal_view(const uint8_t *data, struct proposal_view *proposal) {
  const size_t length = ikev2_get_u16(data + 2);
  *proposal = (struct proposal_view){.number = data[4],
                                     .protocol = data[5],
                                     .spi_length = data[6],
                                     .spi = data + PROPOSAL_HEAD,
                                     .transforms = data + PROPOSAL_HEAD + data[6],
                                     .length = length - PROPOSAL_HEAD - data[6],
                                     .count = data[7]};
  return length;
}

static size_t transform_view(const uint8_t *data, struct transform_view *transform) {
  const size_t length = ikev2_get_u16(data + 2);
  *transform = (struct transform_view){.type = data[4],
                                       .id = ikev2_get_u16(data + 6),
                                       .attributes = data + TRANSFORM_HEAD,
                                       .length = length - TRANSFORM_HEAD};
  return length;
}

/* Checking */

static const char *check_attributes(const uint8_t *data, size_t length) {
  while (length > 0) {
    if (length < ATTRIBUTE_HEAD)
      return "IKEv2 transform attribute is cut off";
    const size_t value = (ikev2_get_u16(data) & ATTRIBUTE_TV) != 0 ? 0 : ikev2_get_u16(data + 2);
    if (value > length - ATTRIBUTE_HEAD)
      return "IKEv2 transform attribute is cut off";
    data += ATTRIBUTE_HEAD + value;
    length -= ATTRIBUTE_HEAD + value;
  }
  return NULL;
}

static const char *check_transforms(const struct proposal_view *proposal) {
  const uint8_t *at = proposal->transforms;
  size_t left = proposal->length;
  unsigned count = 0;
  for (const char *why; left > 0; count++) {
    const size_t own = substructure_length(at, left, TRANSFORM_HEAD, MORE_TRANSFORMS);
    if (own == 0)
      return "IKEv2 transform is malformed";
    why = check_attributes(at + TRANSFORM_HEAD, own - TRANSFORM_HEAD);
    if (why != NULL)
      return why;
    at += own;
    left -= own;
  }
  return count == proposal->count ? NULL : "IKEv2 proposal has another number of transforms";
}

const char *ikev2_sa_check(const uint8_t *body, size_t length) {
  const char *why = length == 0 ? "IKEv2 SA without a proposal" : NULL;
  while (why == NULL && length > 0) {
    struct proposal_view proposal;
    const size_t own = substructure_length(body, length, PROPOSAL_HEAD, MORE_PROPOSALS);
    if (own == 0 || body[6] > own - PROPOSAL_HEAD)
      return "IKEv2 proposal is malformed";
    proposal_view(body, &proposal);
    why = check_transforms(&proposal);
    body += own;
    length -= own;
  }
  return why;
}

/* Choosing */

/* One transform of each type that a row of ours has. */
struct row_transforms {
  size_t count;
  struct {
    uint8_t type;
    uint16_t id;
  } items[3];
};

static struct row_transforms ike_transforms(unsigned row) {
  return (struct row_transforms){3,
                                 {{IKEV2_TRANSFORM_ENCR, IKEV2_ENCR_AES_CCM_8},
                                  {IKEV2_TRANSFORM_PRF, (uint16_t)PROPOSALS[row].prf},
                                  {IKEV2_TRANSFORM_DH, (uint16_t)PROPOSALS[row].group}}};
}

static struct row_transforms esp_transforms(unsigned row) {
  return (struct row_transforms){
      2, {{IKEV2_TRANSFORM_ENCR, (uint16_t)ESP_ENCRYPTION[row]}, {IKEV2_TRANSFORM_ESN, 0}}};
}

/* What kinds of SA differ in. */
struct sa_kind {
  uint8_t protocol, spi_length;
  unsigned rows;
  struct row_transforms (*transforms)(unsigned row);
};

static const struct sa_kind IKE = {IKEV2_PROTOCOL_IKE, 0, IKEV2_PROPOSAL_COUNT, ike_transforms};
static const struct sa_kind ESP = {IKEV2_PROTOCOL_ESP, ESP_SPI_LENGTH,
                                   sizeof ESP_ENCRYPTION / sizeof ESP_ENCRYPTION[0],
                                   esp_transforms};

/* Encryption has a key of 128 bits and nothing else, the others nothing at all. */
static bool attributes_fit(const struct transform_view *transform) {
  if (transform->type != IKEV2_TRANSFORM_ENCR)
    return transform->length == 0;
  return transform->length == ATTRIBUTE_HEAD &&
         ikev2_get_u16(transform->attributes) == KEY_LENGTH_TV &&
         ikev2_get_u16(transform->attributes + 2) == KEY_BITS;
}

/* Whether the proposal has this transform. */
static bool has_transform(const struct proposal_view *proposal, uint8_t type, uint16_t id) {
  const uint8_t *at = proposal->transforms;
  for (unsigned i = 0; i < proposal->count; i++) {
    struct transform_view transform;
    at += transform_view(at, &transform);
    if (transform.type == type && transform.id == id && attributes_fit(&transform))
      return true;
  }
  return false;
}

static bool row_has_type(const struct row_transforms *row, uint8_t type) {
  for (size_t i = 0; i < row->count; i++)
    if (row->items[i].type == type)
      return true;
  return false;
}

/* A type that the row has not: one may go without where NONE is among its transforms. */
static bool can_go_without(const struct proposal_view *proposal, uint8_t type) {
  return (type == IKEV2_TRANSFORM_INTEG || type == IKEV2_TRANSFORM_DH) &&
         has_transform(proposal, type, TRANSFORM_NONE);
}

static bool proposal_has_row(const struct proposal_view *proposal,
                             const struct row_transforms *row) {
  const uint8_t *at = proposal->transforms;
  for (size_t i = 0; i < row->count; i++)
    if (!has_transform(proposal, row->items[i].type, row->items[i].id))
      return false;
  for (unsigned i = 0; i < proposal->count; i++) {
    struct transform_view transform;
    at += transform_view(at, &transform);
    if (!row_has_type(row, transform.type) && !can_go_without(proposal, transform.type))
      return false;
  }
  return true;
}

static bool choose_row(const struct proposal_view *proposal, const struct sa_kind *kind,
                       unsigned rows, struct ikev2_choice *choice) {
  const bool is_esp = kind->protocol == IKEV2_PROTOCOL_ESP;
  if (proposal->protocol != kind->protocol || proposal->spi_length != kind->spi_length)
    return false;
  const uint32_t spi = is_esp ? ikev2_get_u32(proposal->spi) : 0;
  if (is_esp && spi < ESP_SPI_LEAST)
    return false;
  for (unsigned row = 0; row < kind->rows; row++) {
    const struct row_transforms transforms = kind->transforms(row);
    if ((rows >> row & 1) == 0 || !proposal_has_row(proposal, &transforms))
      continue;
    *choice = (struct ikev2_choice){.row = row, .number = proposal->number, .spi = spi};
    return true;
  }
  return false;
}

static bool choose(const struct ikev2_payload *payload, const struct sa_kind *kind, unsigned rows,
                   struct ikev2_choice *choice) {
  struct proposal_view proposal;
  for (size_t at = 0; at < payload->length;) {
    at += proposal_view(payload->body + at, &proposal);
    if (choose_row(&proposal, kind, rows, choice))
      return true;
  }
  return false;
}

/* One proposal, with one transform of each type. */
static bool answer(const struct ikev2_payload *payload, const struct sa_kind *kind, unsigned rows,
                   struct ikev2_choice *choice) {
  struct proposal_view proposal;
  unsigned types = 0;
  if (proposal_view(payload->body, &proposal) != payload->length)
    return false;
  const uint8_t *at = proposal.transforms;
  for (unsigned i = 0; i < proposal.count; i++) {
    struct transform_view transform;
    at += transform_view(at, &transform);
    if (transform.type > IKEV2_TRANSFORM_ESN || (types >> transform.type & 1) != 0)
      return false;
    types |= 1U << transform.type;
  }
  return choose_row(&proposal, kind, rows, choice);
}

bool ikev2_sa_choose_ike(const struct ikev2_payload *payload, unsigned proposals,
                         struct ikev2_choice *choice) {
  return choose(payload, &IKE, proposals, choice);
}

bool ikev2_sa_choose_esp(const struct ikev2_payload *payload, unsigned suites,
                         struct ikev2_choice *choice) {
  return choose(payload, &ESP, suites, choice);
}

bool ikev2_sa_answer_ike(const struct ikev2_payload *payload, unsigned proposals,
                         struct ikev2_choice *choice) {
  return answer(payload, &IKE, proposals, choice);
}

bool ikev2_sa_answer_esp(const struct ikev2_payload *payload, unsigned suites,
                         struct ikev2_choice *choice) {
  return answer(payload, &ESP, suites, choice);
}
