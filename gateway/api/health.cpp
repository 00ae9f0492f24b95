#include "gateway/api/health.h"

#include <algorithm>

#include <spdlog/fmt/fmt.h>

#include "gateway/json/writer.h"

namespace salam::api {
namespace {

struct Check {
  std::string_view name;
  bool passed;
  std::string why;
};

std::vector<Check> readiness(const HealthSources& sources) {
  const auto queued = sources.store.queued();
  const auto free = sources.store.disk_free();
  return {
      {"serving", !sources.draining(), "shutting down"},
      {"disk", free >= sources.disk_free_mark, fmt::format("{} bytes free, {} wanted", free, sources.disk_free_mark)},
      {"queue", queued <= sources.queue_mark, fmt::format("{} requests not yet saved, {} allowed", queued, sources.queue_mark)},
  };
}

http::Response probe(std::string_view name, const std::vector<Check>& checks, bool verbose) {
  const bool passed = std::ranges::all_of(checks, &Check::passed);
  std::string text;
  if (verbose || !passed) {
    for (const auto& check : checks)
      text += check.passed ? fmt::format("[+]{} ok\n", check.name) : fmt::format("[-]{} failed: {}\n", check.name, check.why);
    text += fmt::format("{} check {}\n", name, passed ? "passed" : "failed");
  } else {
    text = "ok\n";
  }
  return {.status = passed ? 200 : 503, .content_type = "text/plain; charset=utf-8", .headers = {}, .body = std::move(text)};
}

void write_pairs(json::Writer& writer, std::string_view name, const std::vector<std::pair<std::string, std::int64_t>>& pairs) {
  writer.key(name).begin_object();
  for (const auto& [key, count] : pairs) writer.member(key, count);
  writer.end_object();
}

void write_dependency(json::Writer& writer, const Dependency& dependency) {
  writer.begin_object().member("name", dependency.name).member("state", dependency.state);
  writer.member("since", to_rfc3339(dependency.since));
  writer.member_if("last_error", dependency.last_error);
  if (dependency.last_error_at) writer.member("last_error_at", to_rfc3339(*dependency.last_error_at));
  for (const auto& [key, value] : dependency.details) writer.member(key, value);
  writer.end_object();
}

http::Response health(const std::vector<Check>& checks, const store::Counts& counts, const std::vector<Dependency>& dependencies) {
  const bool ready = std::ranges::all_of(checks, &Check::passed);
  const bool failing = std::ranges::any_of(dependencies, [](const Dependency& one) { return one.state == "failing"; });
  json::Writer writer;
  writer.begin_object().member("status", !ready ? "not_ready" : failing ? "degraded" : "ok").key("dependencies").begin_array();
  for (const auto& dependency : dependencies) write_dependency(writer, dependency);
  writer.end_array().key("checks").begin_object();
  for (const auto& check : checks) writer.member(check.name, check.passed ? "ok" : check.why);
  writer.end_object().key("counts").begin_object();
  writer.member("meetings", counts.meetings).member("requests", counts.requests).member("told", counts.told);
  write_pairs(writer, "by_state", counts.by_state);
  write_pairs(writer, "registered_in", counts.by_system);
  write_pairs(writer, "attention", counts.attention);
  write_pairs(writer, "tasks", counts.tasks);
  writer.end_object();
  if (counts.oldest_attention) writer.member("oldest_attention_since", to_rfc3339(*counts.oldest_attention));
  if (counts.oldest_due_task) writer.member("oldest_task_due", to_rfc3339(*counts.oldest_due_task));
  return {.status = 200, .content_type = "application/json", .headers = {}, .body = writer.end_object().take()};
}

}  // namespace

std::vector<http::Route> health_routes(const HealthSources& sources) {
  using http::Method;
  const auto livez = [sources](const http::Request& request, const http::Reply& reply) {
    const bool verbose = request.query_value("verbose").has_value();
    sources.dependencies([reply, verbose](const std::vector<Dependency>&) {
      const std::vector<Check> checks{{"core", true, ""}};
      reply(probe("livez", checks, verbose));
    });
  };
  const auto readyz = [sources](const http::Request& request, const http::Reply& reply) {
    reply(probe("readyz", readiness(sources), request.query_value("verbose").has_value()));
  };
  const auto whole = [sources](const http::Request&, const http::Reply& reply) {
    sources.dependencies([reply, checks = readiness(sources), counts = sources.store.counts()](
                             const std::vector<Dependency>& dependencies) { reply(health(checks, counts, dependencies)); });
  };
  const auto metrics = [sources](const http::Request&, const http::Reply& reply) {
    reply({.status = 200, .content_type = "text/plain; version=0.0.4; charset=utf-8", .headers = {}, .body = sources.metrics()});
  };
  return {
      {Method::get, "/livez", "", livez},
      {Method::get, "/readyz", "", readyz},
      {Method::get, "/health", "", whole},
      {Method::get, "/metrics", "", metrics},
  };
}

}  // namespace salam::api
