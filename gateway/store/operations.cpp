#include "gateway/store/operations.h"

#include <type_traits>
#include <utility>

namespace salam::store {
namespace {

template <class T>
constexpr bool answers = !std::is_same_v<T, AttemptOperation> && !std::is_same_v<T, DeadlineRulesOperation>;

}  // namespace

void refuse(Operation& operation, const Error& error) {
  std::visit(
      [&]<class T>(T& refused) {
        if constexpr (answers<T>) {
          refused.outcome.emplace(error);
        }
      },
      operation);
}

void reply(Operation& operation) {
  std::visit(
      []<class T>(T& done) {
        if constexpr (answers<T>) {
          done.handler(std::move(done.outcome).value());
        }
      },
      operation);
}

}  // namespace salam::store
