#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "gateway/reports/basis.h"
#include "gateway/reports/sink.h"

namespace salam::reports {

/// What a table can say of a request. Those from `name` on are personal: left out of reports that may not show them.
enum class About {
  form,
  item,
  code,
  meeting_date,
  system,
  system_code,
  kind,
  category,
  region,
  unit,
  due,
  progress,
  standing,
  answered,
  registration,
  told,        ///< How its citizen learnt the code.
  no_contact,  ///< Why its citizen cannot be texted.
  promise,
  name,
  mobile,
  subject,
  description,
  address,
  explanation,
  answer,
};

/// What became of what the working group promised.
enum class Promise { kept, kept_late, time_left, not_kept, cannot_be_done };
Promise promise_of(const Line& line);

/// A table with a request in each row.
class RequestTable {
 public:
  RequestTable(const Basis& basis, Sink& sink, std::string key, std::string title, std::initializer_list<About> columns);
  void row(const Line& line);
  void end() { sink_.end_table(); }

 private:
  const Basis& basis_;
  Sink& sink_;
  std::vector<About> columns_;
  std::vector<Cell> cells_;
};

}  // namespace salam::reports
