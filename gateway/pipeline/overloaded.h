#pragma once

namespace salam::pipeline {

/// Visits a variant with one lambda for each alternative.
template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace salam::pipeline
