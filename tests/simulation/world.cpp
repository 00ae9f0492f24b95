#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

namespace salam::simulation {

std::uint64_t Dice::bits() {
  std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

std::size_t Dice::pick(const std::vector<double>& weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  double left = fraction() * total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return 0;
}

void World::after(Milliseconds wait, Owner owner, std::function<void()> work) {
  events_.push_back({now_ + std::max(wait, Milliseconds{0}), ++scheduled_, owner, std::move(work)});
  std::push_heap(events_.begin(), events_.end());
}

void World::step() {
  std::pop_heap(events_.begin(), events_.end());
  const auto event = std::move(events_.back());
  events_.pop_back();
  now_ = event.at;
  if (event.owner == outside || event.owner == gateway_) event.work();
}

void World::kill_after(Milliseconds wait) {
  after(wait, gateway_, [] { throw Killed{}; });
}

void World::write(const std::string& line) {
  trace_ += fmt::format("{:>12} ", passed().count());
  trace_ += line;
  trace_ += '\n';
}

}  // namespace salam::simulation
