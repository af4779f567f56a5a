/* The table of platforms. */
#include "platform.h"

#include "spec.h"

const struct platform *platform_find(int platform) {
  static const struct platform table[] = {
#define PLATFORM(id, transmit, receive) [id] = {transmit, receive},
#include "platforms.def"
#undef PLATFORM
  };
  return &table[platform];
}
