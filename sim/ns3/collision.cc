#include "collision.h"

#include <algorithm>
#include <cmath>

namespace sim {

Collisions::Collisions(const CaptureRule &what, double noise)
    : rule(what), noise_w(noise), threshold(std::pow(10, what.threshold_db / 10)) {
}

void Collisions::begin(int64_t now_ns, int64_t duration_ns, double power_w, bool locks) {
  others.erase(std::remove_if(others.begin(), others.end(),
                              [now_ns](const Interferer &other) { return other.end_ns <= now_ns; }),
               others.end());
  const Interferer signal = {now_ns + duration_ns, power_w};
  if (locks) {
    if (wanted.end_ns > now_ns) /* the receiver gave it up */
      others.push_back(wanted);
    wanted = signal;
    destroyed = false;
  } else {
    others.push_back(signal);
  }
  double sum_w = 0;
  for (const Interferer &other : others)
    sum_w += other.power_w;
  if (wanted.end_ns > now_ns)
    destroyed = destroyed || !survives(wanted.power_w, sum_w, others.size());
}

bool Collisions::survives(double wanted_w, double others_w, size_t count) const {
  switch (rule.kind) {
  case WORLD_CAPTURE_NONE:
    return count == 0;
  case WORLD_CAPTURE_SINR:
    return wanted_w >= threshold * (others_w + noise_w);
  default:
    return true;
  }
}

void Collisions::reset() {
  others.clear();
  wanted = {-1, 0};
  destroyed = false;
}

} // namespace sim
