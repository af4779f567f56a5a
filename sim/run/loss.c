/* Drawing the loss of frames. */
#include "loss.h"

#include "ns3/world.h"
#include "stream.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>

struct losses {
  const struct spec *spec;
  size_t count;
  struct stream **streams; /* by sender, then by receiver; rows made when first used */
};

struct losses *losses_create(const struct spec *spec, size_t count) {
  struct losses *losses = memory_get(1, sizeof *losses);
  *losses = (struct losses){
      .spec = spec, .count = count, .streams = memory_get(count, sizeof *losses->streams)};
  return losses;
}

void losses_destroy(struct losses *losses) {
  if (losses == NULL)
    return;
  for (size_t i = 0; i < losses->count; i++)
    free(losses->streams[i]);
  free(losses->streams);
  free(losses);
}

static struct stream *losses_stream(struct losses *losses, size_t sender, size_t receiver) {
  struct stream **row = &losses->streams[sender];
  if (*row == NULL) {
    *row = memory_get(losses->count, sizeof **row);
    for (size_t i = 0; i < losses->count; i++)
      stream_init(&(*row)[i], (uint64_t)losses->spec->seed, STREAM_LINK, sender, i);
  }
  return &(*row)[receiver];
}

static double losses_probability(const struct spec *spec, size_t length) {
  if (spec->loss_model == SPEC_LOSS_MODEL_FRAME)
    return spec->frame_loss;
  return 1 - pow(1 - spec->frame_loss, (double)length / WORLD_PSDU_MAX);
}

bool losses_draw(struct losses *losses, size_t sender, size_t receiver, size_t length) {
  if (losses->spec->frame_loss <= 0)
    return false;
  return stream_uniform(losses_stream(losses, sender, receiver)) <
         losses_probability(losses->spec, length);
}
