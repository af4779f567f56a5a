#include "places.h"

#include <ns3/nstime.h>

#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

namespace sim {
namespace {

constexpr double LIGHT_M_S = 299792458; /* as ns3::ConstantSpeedPropagationDelayModel has it */

/* Computed and rounded as ns-3 does, to the last bit. */
double distance_m(const world_position &a, const world_position &b) {
  const double x = b.x_m - a.x_m, y = b.y_m - a.y_m;
  return std::sqrt(x * x + y * y);
}

int64_t delay_ns(double distance) {
  return ns3::Seconds(distance / LIGHT_M_S).GetNanoSeconds();
}

/* Squares as wide as the range: what is heard is in a square or one of the eight around it. */
class Grid {
public:
  void add(const world_position &position, uint32_t place) {
    squares[key(column(position.x_m), column(position.y_m))].push_back(place);
  }

  template <typename Visit> void around(const world_position &position, Visit visit) const {
    for (int64_t x = -1; x <= 1; x++)
      for (int64_t y = -1; y <= 1; y++) {
        const auto found = squares.find(key(column(position.x_m) + x, column(position.y_m) + y));
        if (found != squares.end())
          for (uint32_t place : found->second)
            visit(place);
      }
  }

private:
  /* What is beyond the bounds of an integer shares the outermost squares. */
  static int64_t column(double metres) {
    constexpr double OUTERMOST = 1e9;
    return static_cast<int64_t>(
        std::fmax(-OUTERMOST, std::fmin(OUTERMOST, std::floor(metres / WORLD_RANGE_M))));
  }
  static uint64_t key(int64_t x, int64_t y) {
    return static_cast<uint64_t>(x) << 32 ^ (static_cast<uint64_t>(y) & UINT32_MAX);
  }

  std::unordered_map<uint64_t, std::vector<uint32_t>> squares;
};

} // namespace

int64_t flight_ns(const world_position &from, const world_position &to) {
  return delay_ns(distance_m(from, to));
}

Places::Places(const std::vector<world_position> &positions) {
  std::map<std::pair<double, double>, uint32_t> known;
  std::vector<world_position> at;
  std::vector<size_t> radios;
  Grid grid;
  for (const world_position &position : positions) {
    const auto [found, is_new] =
        known.try_emplace({position.x_m, position.y_m}, static_cast<uint32_t>(at.size()));
    if (is_new) {
      grid.add(position, found->second);
      at.push_back(position);
      radios.push_back(0);
    }
    of_radio.push_back(found->second);
    radios[found->second]++;
  }
  hearers.resize(at.size());
  for (uint32_t here = 0; here < at.size(); here++)
    grid.around(at[here], [&](uint32_t there) {
      const double distance = distance_m(at[here], at[there]);
      if (distance <= WORLD_RANGE_M && (here != there || radios[here] > 1))
        hearers[here].push_back({there, delay_ns(distance)});
    });
}

Places::Places(const std::vector<world_position> &positions, const std::vector<world_link> &links) {
  hearers.resize(positions.size());
  for (uint32_t i = 0; i < positions.size(); i++)
    of_radio.push_back(i);
  for (const world_link &link : links)
    hearers[link.from].push_back({link.to, flight_ns(positions[link.from], positions[link.to])});
}

} // namespace sim
