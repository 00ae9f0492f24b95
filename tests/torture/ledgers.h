#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What each party to a run wrote down by itself, and whether these agree. No code of the gateway stands behind any of it.
namespace salam::torture {

/// A form that the client posted until it was answered.
struct Form {
  std::string number;
  std::string mobile;  ///< `09…`, this form's alone.
  std::string id;      ///< From the answer; empty where none came.
  std::string code;
};

/// An entry in 137 or the desk.
struct Registration {
  std::string system;  ///< `137` or `service_desk`.
  std::string code;    ///< That system's own.
  std::string external_id;
};

struct Text {
  std::string mobile;
  std::string text;
};

/// An event as a consumer that reads committed sees it; events of one partition stand in that partition's order.
struct TopicEvent {
  std::string key;
  std::int64_t sequence = 0;
  std::string type;  ///< `received`, `registered`, `told`, …
  std::int32_t partition = 0;
  std::string tracking_code;
  std::string system;
  std::string code;  ///< The one that a `registered` or `told` speaks of.
};

struct Ledgers {
  std::vector<Form> client;
  std::vector<std::string> contradictions;  ///< Answers that took back what an earlier one had said.
  std::vector<Registration> registrations;
  std::vector<Text> texts;
  std::vector<TopicEvent> topic;
};

/// One sentence for each thing that is wrong.
struct Verdict {
  std::vector<std::string> lost;
  std::vector<std::string> doubled;
  std::vector<std::string> out_of_order;

  [[nodiscard]] bool good() const { return lost.empty() && doubled.empty() && out_of_order.empty(); }
};

Verdict compare(const Ledgers& ledgers);

}  // namespace salam::torture
