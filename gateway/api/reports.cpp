#include "gateway/reports/reports.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/api/context.h"
#include "gateway/api/media_types.h"
#include "gateway/observe/log.h"
#include "gateway/paper/report_files.h"

namespace salam::api {
namespace {

/// Reports that wait or are made at the same time.
constexpr std::size_t reports_at_once = 4;
constexpr std::chrono::milliseconds time_to_send{300'000};
constexpr int days_of_a_year = 365;

enum class Format { json, csv, xlsx, html, pptx };
struct FormatName {
  Format format;
  std::string_view name;
  std::string_view media_type;
};
constexpr std::array<FormatName, 5> formats{{{Format::json, "json", media_type::json},
                                             {Format::csv, "csv", media_type::csv},
                                             {Format::xlsx, "xlsx", media_type::xlsx},
                                             {Format::html, "html", media_type::html},
                                             {Format::pptx, "pptx", media_type::pptx}}};

/// How a report is to be written.
struct Order {
  FormatName format = formats.front();
  std::string table;  ///< Of a CSV file; empty: the first.
  bool personal = false;
};

/// By the parameter `format`, else by `Accept`. Refuses by itself and answers false where it is none.
bool read_format(const http::Request& request, const http::Reply& reply, FormatName& format) {
  const auto name = request.query_value("format");
  const auto* const found =
      std::ranges::find_if(formats, [&](const FormatName& one) { return name ? one.name == *name : request.accepts(one.media_type); });
  if (found != formats.end()) {
    format = *found;
  } else if (name) {
    refuse_parameter(request, reply, "format", "one of json, csv, xlsx, html; for results also pptx");
    return false;
  }
  return true;
}

std::optional<Order> order_of(const http::Request& request, const http::Reply& reply) {
  Order order;
  if (!read_format(request, reply, order.format)) return {};
  order.table = request.query_value("table").value_or("");
  if (!order.table.empty() && order.format.format != Format::csv) {
    refuse_parameter(request, reply, "table", "nothing: only a CSV file holds one table alone");
    return {};
  }
  const auto personal = request.query_value("personal").value_or("false");
  if (personal != "true" && personal != "false") {
    refuse_parameter(request, reply, "personal", "true or false");
    return {};
  }
  order.personal = personal == "true";
  if (order.personal && std::ranges::find(request.caller.scopes, "personal") == request.caller.scopes.end()) {
    refuse(request, reply, http::missing_scope());
    return {};
  }
  return order;
}

std::unique_ptr<reports::Sink> sink_for(const Order& order, const std::string& path, const std::string& scratch) {
  switch (order.format.format) {
    case Format::json:
      return paper::json_file(path);
    case Format::csv:
      return paper::csv_file(path, order.table);
    case Format::xlsx:
      return paper::sheet_file(path, scratch);
    case Format::html:
    case Format::pptx:
      break;
  }
  return paper::page_file(path);
}

/// A page is looked at, a file is kept, under a name that says what it is and whether it is for everybody.
std::string disposition(const Order& order, const std::string& name) {
  return std::string(order.format.format == Format::html ? "inline" : "attachment") + "; filename=\"" + name +
         (order.personal ? "-personal." : ".") + std::string(order.format.name) + '"';
}

/// What a report holds, row by row.
using Tell = std::function<void(const reports::Basis&, reports::Sink&)>;
/// The same as slides, where it can be shown so.
using Slides = std::function<std::string(const reports::Basis&)>;
struct Report {
  std::string name;  ///< Of the file.
  Tell tell;
  Slides slides{};
};

http::Response written(const Context& context, const Order& order, const Report& report) {
  const reports::Basis basis{.store = context.store,
                             .policy = context.policy,
                             .settings = context.reports,
                             .now = context.clock.now(),
                             .personal = order.personal};
  http::Response response{.status = 200,
                          .content_type = std::string(order.format.media_type),
                          .headers = {{"Content-Disposition", disposition(order, report.name)}},
                          .body = {}};
  if (order.format.media_type.starts_with("text/")) response.content_type += "; charset=utf-8";
  if (order.format.format == Format::pptx) {
    response.body = report.slides(basis);
    return response;
  }
  const auto file = std::make_shared<http::BodyFile>(context.scratch);
  report.tell(basis, *sink_for(order, file->path(), context.scratch));
  file->finish();
  response.file = file;
  return response;
}

/// Written whole before the first byte is sent: what fails is answered as what it is, and no read waits for the network.
void make(const Context& context, const http::Request& request, const http::Reply& reply, Order order, Report report) {
  if (order.format.format == Format::pptx && !report.slides)
    return refuse_parameter(request, reply, "format", "one of json, csv, xlsx, html");
  context.aside([&context, request, reply, order = std::move(order), report = std::move(report)] {
    try {
      reply(written(context, order, report));
    } catch (const paper::NoSuchTable& error) {
      refuse_parameter(request, reply, "table", std::string("one of ") + error.what());
    } catch (const std::exception& error) {
      observe::log(observe::Level::error, "a report cannot be written", {{"report", report.name}, {"error", error.what()}});
      refuse(request, reply, {.code = "report_failed"});
    }
  });
}

using MeetingReport = void (*)(const reports::Basis&, const store::MeetingRecord&, reports::Sink&);
constexpr std::array<std::pair<std::string_view, MeetingReport>, 5> meeting_reports{{{"close-out", &reports::close_out},
                                                                                     {"week", &reports::week},
                                                                                     {"progress", &reports::progress},
                                                                                     {"results", &reports::results},
                                                                                     {"before", &reports::before}}};

void meeting_report(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto& name = request.parameters.at(1);
  const auto* const report = std::ranges::find(meeting_reports, name, &std::pair<std::string_view, MeetingReport>::first);
  if (report == meeting_reports.end()) return refuse(request, reply, {.code = "unknown_report"});
  if (!knows_parameters(request, reply, std::array<std::string_view, 3>{"format", "table", "personal"})) return;
  auto order = order_of(request, reply);
  if (!order) return;
  const auto meeting = context.store.meeting_record(request.parameters.at(0));
  if (!meeting) return refuse(request, reply, {.code = "meeting_not_found"});
  Report told{.name = name + '-' + meeting->meeting.id,
              .tell = [tell = report->second, meeting = *meeting](const reports::Basis& basis, reports::Sink& sink) {
                tell(basis, meeting, sink);
              }};
  if (name == "results") {
    told.slides = [&context, meeting = meeting->meeting](const reports::Basis& basis) {
      return context.printing.slides.render(reports::results_of(basis, meeting), context.scratch);
    };
  }
  make(context, request, reply, *std::move(order), std::move(told));
}

/// Refuses by itself and answers false where it is no day.
bool read_day(const http::Request& request, const http::Reply& reply, std::string_view name, Date& day) {
  const auto text = request.query_value(name);
  if (!text) return true;
  const auto read = parse_day(*text);
  if (!read) {
    refuse_parameter(request, reply, name, "a day such as 1405/09/01 or 2026-11-22");
    return false;
  }
  day = *read;
  return true;
}

void regions(const Context& context, const http::Request& request, const http::Reply& reply) {
  if (!knows_parameters(request, reply, std::array<std::string_view, 4>{"format", "table", "from", "to"})) return;
  auto order = order_of(request, reply);
  if (!order) return;
  const auto today = tehran_date(context.clock.now());
  reports::Period period{.from = std::chrono::sys_days(today) - std::chrono::days(days_of_a_year), .to = today};
  if (!read_day(request, reply, "from", period.from) || !read_day(request, reply, "to", period.to)) return;
  if (period.to < period.from) return refuse_parameter(request, reply, "to", "a day not before from");
  make(context, request, reply, *std::move(order),
       {.name = "regions-" + to_string(period.to),
        .tell = [period](const reports::Basis& basis, reports::Sink& sink) { reports::regions(basis, period, sink); }});
}

}  // namespace

std::vector<http::Route> report_routes(const Context& context) {
  using http::Method;
  const auto places = http::Places::of(reports_at_once);
  return {
      {.method = Method::get,
       .path = "/v1/meetings/{id}/reports/{report}",
       .scope = "read",
       .handler = [&context](const auto& request, const auto& reply) { meeting_report(context, request, reply); },
       .body_timeout = time_to_send,
       .places = places},
      {.method = Method::get,
       .path = "/v1/reports/regions",
       .scope = "read",
       .handler = [&context](const auto& request, const auto& reply) { regions(context, request, reply); },
       .body_timeout = time_to_send,
       .places = places},
  };
}

}  // namespace salam::api
