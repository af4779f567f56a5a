/* Drawing the loss of frames. */
#include "loss.h"

#include "ns3/world.h"
#include "support/memory.h"
#include "support/stream.h"

#include <math.h>
#include <stdlib.h>

struct losses {
  const struct spec *spec;
  struct stream stream;
  uint64_t *sent; /* by node: the frames that it has begun to send */
};

struct losses *losses_create(const struct spec *spec, size_t count) {
  struct losses *losses = memory_get(1, sizeof *losses);
  *losses = (struct losses){.spec = spec, .sent = memory_get(count, sizeof *losses->sent)};
  stream_init(&losses->stream, (uint64_t)spec->seed, STREAM_LINK, 0, 0);
  return losses;
}

void losses_destroy(struct losses *losses) {
  if (losses == NULL)
    return;
  free(losses->sent);
  free(losses);
}

void losses_frame(struct losses *losses, size_t sender) {
  losses->sent[sender]++;
}

static double losses_probability(const struct spec *spec, size_t length) {
  if (spec->loss_model == SPEC_LOSS_MODEL_FRAME)
    return spec->frame_loss;
  return 1 - pow(1 - spec->frame_loss, (double)length / WORLD_PSDU_MAX);
}

bool losses_draw(const struct losses *losses, size_t sender, size_t receiver, size_t length,
                 double ratio) {
  if (losses->spec->frame_loss <= 0 && ratio >= 1)
    return false;
  const uint64_t place[] = {sender, receiver, losses->sent[sender]};
  const double lost = losses_probability(losses->spec, length);
  return stream_uniform_at(&losses->stream, place, sizeof place / sizeof place[0]) <
         (ratio < 1 ? 1 - ratio * (1 - lost) : lost);
}
