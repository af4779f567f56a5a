/* External authorization data. */
#include "ead.h"

#include "../cbor/writer.h"

int edhoc_ead_put(struct span_writer *out, const struct edhoc_ead *items, size_t count) {
  if (count > EDHOC_EAD_MAX)
    return NODE_ERR_BAD_CONFIG;
  for (size_t i = 0; i < count; i++) {
    if (items[i].critical && items[i].label == EDHOC_EAD_PADDING)
      return NODE_ERR_BAD_CONFIG;
    cbor_put_int(out, items[i].critical ? -(int32_t)items[i].label : (int32_t)items[i].label);
    if (items[i].value != NULL)
      cbor_put_bytes(out, items[i].value, items[i].length);
  }
  return 0;
}

int edhoc_ead_get(struct cbor_reader *reader, struct edhoc_ead *item) {
  int32_t label;
  if (cbor_get_int(reader, &label) != 0 || label > EDHOC_EAD_LABEL_MAX ||
      label < -EDHOC_EAD_LABEL_MAX)
    return NODE_ERR_MALFORMED;
  *item = (struct edhoc_ead){
      .label = (uint16_t)(label < 0 ? -label : label),
      .critical = label < 0,
  };
  if (cbor_next(reader) == CBOR_BYTES)
    return cbor_get_bytes(reader, &item->value, &item->length);
  return 0;
}

int edhoc_ead_check(struct cbor_reader reader) {
  struct edhoc_ead item;
  int error = 0;
  for (size_t i = 0; error == 0 && i < EDHOC_EAD_MAX && cbor_next(&reader) != CBOR_END; i++)
    error = edhoc_ead_get(&reader, &item);
  if (error == 0 && cbor_next(&reader) != CBOR_END)
    error = NODE_ERR_TOO_LONG;
  return error;
}
