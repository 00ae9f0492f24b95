#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "gateway/api/import_line.h"
#include "gateway/api/media_types.h"
#include "gateway/domain/text.h"
#include "gateway/json/intake.h"
#include "gateway/json/parse.h"
#include "gateway/json/writer.h"
#include "gateway/observe/log.h"
#include "gateway/paper/import_template.h"
#include "gateway/paper/report_files.h"
#include "gateway/reports/import_result.h"

namespace salam::api {
namespace {

using reports::LineOutcome;

/// So many lines are with the store at once: others' requests go between them, and its queue never fills.
constexpr std::size_t lines_at_once = 256;
/// A sheet may take some hundred megabytes while it is read.
constexpr std::size_t imports_at_once = 2;

/// What throws is answered, since nobody aside waits for it.
template <class Work>
void answer_in_any_case(const http::Reply& reply, bool persian, const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    observe::log(observe::Level::error, "an import failed", {{"error", error.what()}});
    reply(http::to_response({.code = "internal_error"}, persian));
  }
}

http::Response file_response(std::shared_ptr<const http::BodyFile> file, bool csv, std::string_view name) {
  return {.status = 200,
          .content_type = csv ? "text/csv; charset=utf-8" : std::string(media_type::xlsx),
          .headers = {{"Content-Disposition", "attachment; filename=\"" + std::string(name) + (csv ? ".csv\"" : ".xlsx\"")}},
          .body = {},
          .file = std::move(file)};
}

struct LineResult {
  LineOutcome outcome = LineOutcome::refused;
  std::string form;
  std::int64_t item = 1;
  std::optional<TrackingCode> code;
  std::string request;              ///< Where it stands, or the one that it differs from.
  std::vector<std::string> fields;  ///< JSON Pointers of what differs.
  std::string reason;               ///< In Persian.
};

enum class Shape { json, csv, xlsx };

struct Order {
  std::string meeting;
  bool dry_run = false;
  Sender sender;
  Shape shape = Shape::json;
  bool persian = false;
};

/// One sheet on its way into the store, some lines at a time; alive as long as any of them is.
class Import : public std::enable_shared_from_this<Import> {
 public:
  Import(const Context& context, Order order, sheets::Table table, http::Reply reply)
      : context_(context),
        order_(std::move(order)),
        table_(std::move(table)),
        reply_(std::move(reply)),
        categories_(by_name(context.reports.categories)),
        results_(table_.lines().size()) {}

  /// On the thread aside, as all but the store's answers.
  void go_on() {
    answer_in_any_case(reply_, order_.persian, [this] {
      if (next_ < results_.size()) return take_some();
      reply_(answer());
    });
  }

 private:
  void take_some() {
    const auto end = std::min(next_ + lines_at_once, results_.size());
    left_ = end - next_ + 1;
    while (next_ < end) take(next_++);
    one_done();
  }

  void one_done() {
    if (left_.fetch_sub(1) == 1) context_.aside([self = shared_from_this()] { self->go_on(); });
  }

  void take(std::size_t index) {
    const auto& line = table_.lines()[index];
    auto body = intake_body(order_.meeting, categories_, table_, line);
    const auto value = json::parse(body);
    results_[index].form = json::string_at(*value, "form").value_or("");
    if (const auto* const item = json::member(*value, "item"); item != nullptr && item->IsInt64()) results_[index].item = item->GetInt64();
    if (auto refusal = table_.refusal(line); !refusal.empty()) {
      results_[index].reason = std::move(refusal);
      return one_done();
    }
    if (order_.dry_run) {
      foresee_line(index, *value, body);
      return one_done();
    }
    take_in(context_, order_.sender, *value, std::move(body), [self = shared_from_this(), index](IntakeOutcome outcome) {
      self->note(index, std::move(outcome));
      self->one_done();
    });
  }

  void note(std::size_t index, IntakeOutcome outcome) {
    if (const auto* const taken = std::get_if<TakenIn>(&outcome)) {
      note_taken(index, *taken);
    } else if (auto* const differs = std::get_if<Differs>(&outcome)) {
      note_difference(index, std::move(*differs));
    } else {
      note_problem(index, std::get<http::Problem>(outcome));
    }
  }

  void note_taken(std::size_t index, const TakenIn& taken) {
    auto& result = results_[index];
    const auto& request = taken.record.request;
    result.outcome = taken.replayed ? LineOutcome::replayed : LineOutcome::accepted;
    result.form = request.form_item.form;
    result.code = request.code;
    result.request = location_of(request);
    result.reason = note_of(request.content, table_, table_.lines()[index]);
  }

  void note_difference(std::size_t index, Differs differs) {
    auto& result = results_[index];
    result.outcome = LineOutcome::conflict;
    result.request = location_of(differs.record.request);
    result.reason = reason_of_conflict(differs.fields);
    result.fields = std::move(differs.fields);
  }

  void note_problem(std::size_t index, const http::Problem& problem) {
    auto& result = results_[index];
    result.outcome = problem.code == "schema_violation" ? LineOutcome::refused : LineOutcome::failed;
    result.reason = reason_of(problem, table_, table_.lines()[index]);
  }

  /// What is written next is known to a dry run too: the lines before this one.
  void foresee_line(std::size_t index, const json::Value& value, const std::string& body) {
    auto forecast = foresee(context_, value, body);
    if (auto* const taken = std::get_if<TakenIn>(&forecast)) return note_taken(index, *taken);
    if (auto* const differs = std::get_if<Differs>(&forecast)) return note_difference(index, std::move(*differs));
    if (const auto* const problem = std::get_if<http::Problem>(&forecast)) return note_problem(index, *problem);
    const auto& [form_item, content] = std::get<Fresh>(forecast);
    auto& result = results_[index];
    result.form = form_item.form;
    const auto [first, fresh] = foreseen_.emplace(std::pair(form_item.form, form_item.item), index);
    result.outcome = LineOutcome::accepted;
    result.reason = note_of(content, table_, table_.lines()[index]);
    if (!fresh) compare_with(index, first->second, body);
  }

  void compare_with(std::size_t index, std::size_t before, const std::string& body) {
    auto& result = results_[index];
    const auto& line = table_.lines()[before];
    const auto meeting = context_.store.meeting(order_.meeting);
    if (!meeting) return;
    result.fields = json::differing_fields(body, intake_body(order_.meeting, categories_, table_, line), meeting->region);
    result.outcome = result.fields.empty() ? LineOutcome::replayed : LineOutcome::conflict;
    result.reason = "همین برگه در سطر " + persian_digits(std::to_string(line.line)) + " این پرونده هم آمده است.";
    if (!result.fields.empty()) result.reason.append(" ").append(reason_of_conflict(result.fields));
  }

  http::Response answer() const { return order_.shape == Shape::json ? json_answer() : file_answer(); }

  http::Response json_answer() const {
    json::Writer writer;
    writer.begin_object().member("meeting", order_.meeting).member("dry_run", order_.dry_run);
    reports::LineCounts counts;
    for (const auto& result : results_) counts.add(result.outcome);
    writer.key("totals").begin_object().member("lines", counts.all());
    for (std::size_t i = 0; i < reports::line_outcome_count; ++i) {
      writer.member(to_string(static_cast<LineOutcome>(i)), counts.of(static_cast<LineOutcome>(i)));
    }
    writer.end_object().key("warnings").begin_array();
    for (const auto& warning : table_.warnings()) writer.string(warning);
    writer.end_array().key("lines").begin_array();
    for (std::size_t i = 0; i < results_.size(); ++i) write_line(writer, table_.lines()[i].line, results_[i]);
    return json_response(200, writer.end_array().end_object().take());
  }

  static void write_line(json::Writer& writer, std::size_t line, const LineResult& result) {
    writer.begin_object().member("line", static_cast<std::int64_t>(line)).member("form", result.form).member("item", result.item);
    writer.member("outcome", to_string(result.outcome));
    if (result.code) writer.member("tracking_code", result.code->digits()).member("tracking_code_for_people", result.code->for_people());
    writer.member_if("request", result.request).member_if("reason", result.reason);
    if (!result.fields.empty()) {
      writer.key("differs_in").begin_array();
      for (const auto& field : result.fields) writer.string(field);
      writer.end_array();
    }
    writer.end_object();
  }

  http::Response file_answer() const {
    const bool csv = order_.shape == Shape::csv;
    const auto file = std::make_shared<http::BodyFile>(context_.scratch);
    const auto sink = csv ? paper::csv_file(file->path()) : paper::sheet_file(file->path(), context_.scratch);
    reports::ImportResult written(*sink, {.meeting = order_.meeting,
                                          .dry_run = order_.dry_run,
                                          .made_at = context_.clock.now(),
                                          .warnings = table_.warnings(),
                                          .headings = table_.headings()});
    for (std::size_t i = 0; i < results_.size(); ++i) {
      const auto& [outcome, form, item, code, request, fields, reason] = results_[i];
      written.line(table_.lines()[i].cells, outcome, code ? code->for_people() : std::string{}, reason);
    }
    written.end();
    file->finish();
    return file_response(file, csv, "import-result");
  }

  const Context& context_;
  const Order order_;
  const sheets::Table table_;
  const http::Reply reply_;
  const Categories categories_;
  std::vector<LineResult> results_;
  std::size_t next_ = 0;
  std::atomic<std::size_t> left_ = 0;
  std::map<std::pair<std::string, int>, std::size_t> foreseen_;  ///< What a dry run has met, by form and item.
};

http::Problem problem_of(const Error& error) { return {.code = error.code, .members = {{"why", error.message}}}; }

/// Refuses by itself and returns nothing where the query is none.
struct Parameters {
  bool dry_run = false;
  std::string sheet;
};
std::optional<Parameters> parameters_of(const http::Request& request, const http::Reply& reply) {
  Parameters parameters;
  for (const auto& [name, value] : request.query) {
    if (name == "sheet") {
      parameters.sheet = value;
    } else if (name == "dry_run" && (value == "true" || value == "false")) {
      parameters.dry_run = value == "true";
    } else {
      refuse_parameter(request, reply, name, name == "dry_run" ? "true or false" : "no such parameter; known are dry_run, sheet");
      return {};
    }
  }
  return parameters;
}

Shape shape_of(const http::Request& request) {
  if (request.accepts(media_type::xlsx)) return Shape::xlsx;
  return request.accepts(media_type::csv) ? Shape::csv : Shape::json;
}

/// On the thread aside.
void begin_import(const Context& context, Order order, const std::string& file, const std::string& sheet, const http::Reply& reply) {
  const auto refuse_file = [&](const Error& error) { reply(http::to_response(problem_of(error), order.persian)); };
  auto read = sheets::read(file, {.sheet = sheet});
  if (!read) return refuse_file(read.error());
  auto table = sheets::Table::of(std::move(*read));
  if (!table) return refuse_file(table.error());
  std::make_shared<Import>(context, std::move(order), std::move(*table), reply)->go_on();
}

void import_sheet(const Context& context, http::Request request, const http::Reply& reply) {
  auto parameters = parameters_of(request, reply);
  if (!parameters) return;
  const auto meeting = context.store.meeting(request.parameters.at(0));
  if (!meeting) return refuse(request, reply, {.code = "meeting_not_found"});
  Order order{.meeting = meeting->id,
              .dry_run = parameters->dry_run,
              .sender = sender_of(request),
              .shape = shape_of(request),
              .persian = request.wants_persian()};
  context.aside([&context, order = std::move(order), file = std::move(request.body), sheet = std::move(parameters->sheet), reply] {
    answer_in_any_case(reply, order.persian, [&] { begin_import(context, order, file, sheet, reply); });
  });
}

void get_template(const Context& context, const http::Request& request, const http::Reply& reply) {
  auto format = request.query_value("format");
  for (const auto& [name, value] : request.query) {
    if (name != "format" || (value != "csv" && value != "xlsx")) {
      return refuse_parameter(request, reply, name, name == "format" ? "csv or xlsx" : "no such parameter; known is format");
    }
  }
  const bool csv = format ? *format == "csv" : request.accepts(media_type::csv) && !request.accepts(media_type::xlsx);
  context.aside([&context, csv, reply, persian = request.wants_persian()] {
    answer_in_any_case(reply, persian, [&] {
      const auto file = std::make_shared<http::BodyFile>(context.scratch);
      csv ? paper::write_csv_template(file->path()) : paper::write_xlsx_template(file->path(), context.scratch);
      file->finish();
      reply(file_response(file, csv, "import-template"));
    });
  });
}

}  // namespace

std::vector<http::Route> import_routes(const Context& context) {
  using http::Method;
  return {
      {.method = Method::post,
       .path = "/v1/meetings/{id}/import",
       .scope = "intake",
       .handler = [&context](http::Request request, const http::Reply& reply) { import_sheet(context, std::move(request), reply); },
       .body_limit = sheets::Limits{}.bytes,
       .media_type = std::string(media_type::csv) + ", " + std::string(media_type::xlsx),
       .body_timeout = std::chrono::seconds(120),
       .places = http::Places::of(imports_at_once)},
      {.method = Method::get,
       .path = "/v1/import-template",
       .scope = "intake",
       .handler = [&context](const auto& request, const auto& reply) { get_template(context, request, reply); }},
  };
}

}  // namespace salam::api
