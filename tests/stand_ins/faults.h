#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/stand_ins/message.h"

namespace salam::stand_ins {

enum class Mode {
  refuse,            ///< The contract's own refusal; does not act.
  status,            ///< `status` with the contract's error body; acts only with `"acts": true`.
  slow,              ///< Acts at once, answers after `ms`.
  hang,              ///< Never answers; acts only with `"acts": true`.
  reset_before,      ///< Resets the connection without acting.
  reset_after,       ///< Acts, then resets the connection.
  garbage,           ///< Acts, then answers 200 with bytes that are no JSON.
  empty,             ///< Acts, then answers 200 without a body.
  cut_body,          ///< Acts, then closes in the middle of the body.
  html_200,          ///< A proxy's page with 200; does not act unless `"acts": true`.
  duplicate,         ///< Acts twice.
  lookup_lag,        ///< What is registered now is found by lookups only after `ms`.
  truncate_list,     ///< Lists and status replies stop after `limit` entries.
  lookup_all,        ///< A lookup's filter is ignored: it finds everything.
  lookup_nothing,    ///< A lookup finds nothing.
  drop_external_id,  ///< Registers, but loses the external id without a word.
  token,             ///< Open311: a token comes back, which gets its id after `ms`.
  no_id,             ///< Registers, but tells no id (Open311's blackbox).
  stays_open,        ///< Registers, and nothing ever becomes of it.
};

struct Fault {
  Mode mode = Mode::status;
  std::string on;     ///< `register`, `amend`, either with `_files` (only with files), `look_up`, `poll`, `send`, `status`, or `any`.
  std::string match;  ///< Only calls whose text (description, codes, category, receptor) holds this.
  std::optional<std::int64_t> count;  ///< So often, then no more.
  double probability = 1;
  int status = 503;
  Milliseconds ms{1'000};
  Milliseconds lag{0};  ///< Whatever the mode: what is registered is found by lookups only so much later.
  std::optional<bool> acts;
  std::size_t limit = 1;
  std::optional<int> retry_after;  ///< Seconds.
  std::string text;                ///< Replaces the error's description.
  std::int64_t hits = 0;
  std::mt19937_64 random;
};

/// The faults that one stand-in has been told to commit. The first that fits a call strikes.
class Faults {
 public:
  /// `acting` is the call that a fault means unless it says otherwise; `supported` are the modes beyond those every stand-in knows.
  Faults(std::string acting, std::vector<Mode> supported);

  /// Answers with what was wrong; members as in `Fault`, `seed` for the probability. A member or mode that is not known here is an error: a
  /// test must not pass because its fault never struck.
  std::optional<std::string> add(std::string_view json);
  void clear() { faults_.clear(); }
  [[nodiscard]] std::string to_json() const;

  std::optional<Fault> pick(std::string_view action, std::string_view text);
  std::optional<Fault> pick_with_files(const std::string& on, bool with_files, std::string_view text);

 private:
  std::string acting_;
  std::vector<Mode> supported_;
  std::vector<Fault> faults_;
};

/// Carries out a call with what its fault, if any, makes of it. `act` does what the call asks for and answers; it sees to the modes that
/// change what is done. `error` is the contract's error body for `refuse` and `status`.
Answer answer_under(const std::optional<Fault>& fault, const std::function<Response()>& act,
                    const std::function<Response(const Fault&)>& error);

inline bool is(const std::optional<Fault>& fault, Mode mode) { return fault && fault->mode == mode; }

}  // namespace salam::stand_ins
