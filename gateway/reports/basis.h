#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "gateway/domain/lifecycle.h"
#include "gateway/reports/letter.h"
#include "gateway/reports/results.h"
#include "gateway/reports/sink.h"
#include "gateway/store/store.h"

namespace salam::reports {

/// What the city has set for its reports.
struct Settings {
  std::map<std::string, std::string> categories;  ///< Categories' names in Persian; one that is missing shows as it is.
  Letter letter = Letter::standard();
};

/// What a report is made from. Outlives it.
struct Basis {
  store::Store& store;
  const lifecycle::Policy& policy;
  const Settings& settings;
  Timestamp now;
  bool personal = false;  ///< It may show who asked, and their words.
};

/// One request as a report sees it.
struct Line {
  const Record& record;
  Timestamp due;
  Standing standing = Standing::waiting;

  [[nodiscard]] const Request& request() const { return record.request; }
};

/// One after the other, read in pages: memory and read transactions stay short, however many there are.
void for_each(const Basis& basis, const store::ReportScope& scope, const std::function<void(const Line&)>& take);

std::string category_of(const Basis& basis, const Request& request);
/// `تعیین نشده` where nobody was named.
std::string unit_of(const Request& request);
/// `دیدار ۱۴۰۵/۰۹/۰۳، مسجد جامع، منطقه ۵`.
std::string words_for(const Meeting& meeting);

Results results_of(const Basis& basis, const Meeting& meeting);

std::vector<Figure> figures_of(const Tally& tally);
/// `all`, then how they fare; for a table of tallies, whose chart shows all but the first.
std::vector<Column> tally_columns(Column first);
std::vector<Cell> tally_row(Cell first, const Tally& tally);
/// A table of them with its chart.
void tallies(std::string key, std::string title, Column first, const std::map<std::string, Tally>& tallies, Sink& sink);

Choice choice_of(Region region);

}  // namespace salam::reports
