/* Integers of IKEv2, in network order. Private to this folder. */
#ifndef NODES_IKEV2_BYTES_H
#define NODES_IKEV2_BYTES_H

#include <stdint.h>

static inline uint16_t ikev2_get_u16(const uint8_t *data) {
  return (uint16_t)(data[0] << 8 | data[1]);
}

static inline uint32_t ikev2_get_u32(const uint8_t *data) {
  return (uint32_t)ikev2_get_u16(data) << 16 | ikev2_get_u16(data + 2);
}

static inline void ikev2_set_u16(uint8_t *data, uint16_t value) {
  data[0] = (uint8_t)(value >> 8);
  data[1] = (uint8_t)value;
}

static inline void ikev2_set_u32(uint8_t *data, uint32_t value) {
  ikev2_set_u16(data, (uint16_t)(value >> 16));
  ikev2_set_u16(data + 2, (uint16_t)value);
}

#endif
