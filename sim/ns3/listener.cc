#include "listener.h"

#include <algorithm>

namespace sim {
namespace {

/* ns3::LrWpanPhy locks on where the signal to interference ratio is above -5 dB: with signals of
 * equal power, beside three others (-4.8 dB), not beside four (-6.0 dB). */
constexpr size_t DROWNED_BY = 4;

} // namespace

void Listener::hear(const Signal &signal) {
  auto later = in_air.end();
  while (later != in_air.begin() + static_cast<std::ptrdiff_t>(begun_count) &&
         (later - 1)->begin_ns > signal.begin_ns)
    later--;
  in_air.insert(later, signal);
}

void Listener::advance(int64_t now_ns) {
  for (;;) {
    const bool begins = begun_count < in_air.size() && in_air[begun_count].begin_ns < now_ns;
    const int64_t next_ns = begins ? in_air[begun_count].begin_ns : now_ns;
    if (locked && lock_end_ns <= next_ns)
      release();
    else if (begins)
      begin(in_air[begun_count++]);
    else
      break;
  }
  const auto end_of_begun = in_air.begin() + static_cast<std::ptrdiff_t>(begun_count);
  const auto left = std::remove_if(in_air.begin(), end_of_begun, [now_ns](const Signal &signal) {
    return signal.end_ns <= now_ns;
  });
  begun_count = static_cast<size_t>(left - in_air.begin());
  in_air.erase(left, end_of_begun);
}

/* Of those before it in the list, some may have ended. */
void Listener::begin(const Signal &signal) {
  if (locked) {
    draw_count++;
    return;
  }
  const std::ptrdiff_t before = &signal - in_air.data();
  const auto others =
      std::count_if(in_air.cbegin(), in_air.cbegin() + before,
                    [&signal](const Signal &other) { return other.end_ns > signal.begin_ns; });
  if (static_cast<size_t>(others) >= DROWNED_BY)
    return;
  locked = signal.frame;
  lock_begin_ns = signal.begin_ns;
  lock_end_ns = signal.end_ns;
}

void Listener::release() {
  locked_before_ns += lock_end_ns - lock_begin_ns;
  draw_count++;
  locked = nullptr;
}

bool Listener::is_busy(int64_t now_ns) const {
  return std::any_of(in_air.begin(), in_air.end(), [now_ns](const Signal &signal) {
    return signal.begin_ns < now_ns && now_ns < signal.end_ns;
  });
}

} // namespace sim
