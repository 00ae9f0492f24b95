#include "tests/torture/ledgers.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include <spdlog/fmt/fmt.h>

namespace salam::torture {
namespace {

class Comparison {
 public:
  explicit Comparison(const Ledgers& ledgers) : ledgers_(ledgers) {
    for (const auto& registration : ledgers.registrations) registrations_[registration.external_id].push_back(&registration);
    for (const auto& text : ledgers.texts) ++texts_[text.mobile];
    for (const auto& event : ledgers.topic) events_[event.key].push_back(&event);
  }

  Verdict judge() {
    for (const auto& contradiction : ledgers_.contradictions) lost(contradiction);
    for (const auto& form : ledgers_.client) judge(form);
    judge_strangers();
    return std::move(verdict_);
  }

 private:
  using Events = std::vector<const TopicEvent*>;

  void lost(std::string what) { verdict_.lost.push_back(std::move(what)); }
  void doubled(std::string what) { verdict_.doubled.push_back(std::move(what)); }

  void judge(const Form& form) {
    if (form.id.empty()) return lost(fmt::format("form {} was never answered", form.number));
    if (!ids_.insert(form.id).second || !codes_.insert(form.code).second)
      doubled(fmt::format("form {} has the id or code of another: {}, {}", form.number, form.id, form.code));
    const auto* registration = judge_registration(form);
    judge_texts(form);
    const auto events = events_.find(form.id);
    if (events == events_.end()) return lost(fmt::format("form {} has no event in the topic", form.number));
    judge_sequence(form, events->second);
    judge_story(form, events->second, registration);
  }

  const Registration* judge_registration(const Form& form) {
    const auto found = registrations_.find(form.code);
    if (found == registrations_.end()) return lost(fmt::format("form {} ({}) is registered nowhere", form.number, form.code)), nullptr;
    if (found->second.size() > 1) {
      std::string where;
      for (const auto* each : found->second) where += " " + each->system + ":" + each->code;
      doubled(fmt::format("form {} ({}) is registered {} times:{}", form.number, form.code, found->second.size(), where));
    }
    return found->second.front();
  }

  void judge_texts(const Form& form) {
    const auto found = texts_.find(form.mobile);
    const int count = found == texts_.end() ? 0 : found->second;
    if (count == 0) lost(fmt::format("the citizen of form {} was sent no text", form.number));
    if (count > 1) doubled(fmt::format("the citizen of form {} was sent {} texts", form.number, count));
  }

  void judge_sequence(const Form& form, const Events& events) {
    std::set<std::int64_t> seen;
    for (const auto* event : events) {
      if (!seen.insert(event->sequence).second) {
        doubled(fmt::format("event {} of form {} stands twice in the topic", event->sequence, form.number));
      } else if (event->sequence != *seen.rbegin() || event->partition != events.front()->partition) {
        verdict_.out_of_order.push_back(fmt::format("event {} of form {} stands after event {}, or in another partition", event->sequence,
                                                    form.number, *seen.rbegin()));
      }
    }
    if (*seen.begin() != 1 || *seen.rbegin() != static_cast<std::int64_t>(seen.size()))
      lost(fmt::format("the events of form {} have a gap: {} stand between {} and {}", form.number, seen.size(), *seen.begin(),
                       *seen.rbegin()));
  }

  /// Received first, registered once and where it stands, told once, by the code that it has there.
  void judge_story(const Form& form, const Events& events, const Registration* registration) {
    std::map<std::string_view, std::vector<const TopicEvent*>> by_type;
    for (const auto* event : events) {
      by_type[event->type].push_back(event);
      if (event->tracking_code != form.code)
        lost(fmt::format("event {} of form {} has the code {} and not {}", event->sequence, form.number, event->tracking_code, form.code));
    }
    for (const auto* type : {"received", "registered", "told"}) {
      const auto count = by_type[type].size();
      if (count == 0) lost(fmt::format("the topic does not say that form {} was {}", form.number, type));
      if (count > 1) doubled(fmt::format("the topic says {} times that form {} was {}", count, form.number, type));
    }
    if (registration == nullptr || by_type["registered"].empty() || by_type["told"].empty()) return;
    const auto& registered = *by_type["registered"].front();
    if (registered.system != registration->system || registered.code != registration->code)
      lost(fmt::format("form {} stands in {} as {}, but the topic says {} in {}", form.number, registration->system, registration->code,
                       registered.code, registered.system));
    if (by_type["told"].front()->code != registration->code)
      lost(fmt::format("the citizen of form {} was told {} and not {}", form.number, by_type["told"].front()->code, registration->code));
  }

  /// What stands somewhere and comes from no form of the client.
  void judge_strangers() {
    for (const auto& [code, registrations] : registrations_)
      if (!codes_.contains(code))
        doubled(fmt::format("{} {} belongs to no form", registrations.front()->system, registrations.front()->code));
    for (const auto& [id, events] : events_)
      if (!ids_.contains(id)) doubled(fmt::format("the topic speaks of {}, which is no form's", id));
  }

  const Ledgers& ledgers_;
  std::map<std::string, std::vector<const Registration*>, std::less<>> registrations_;
  std::map<std::string, int, std::less<>> texts_;
  std::map<std::string, Events, std::less<>> events_;
  std::set<std::string, std::less<>> ids_;
  std::set<std::string, std::less<>> codes_;
  Verdict verdict_;
};

}  // namespace

Verdict compare(const Ledgers& ledgers) { return Comparison(ledgers).judge(); }

}  // namespace salam::torture
