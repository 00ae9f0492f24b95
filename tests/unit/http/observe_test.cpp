#include <cstdint>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <spdlog/spdlog.h>

#include "gateway/observe/json_text.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace salam::observe {
namespace {

using testing::HasSubstr;

template <class Writer>
std::string lines_of(const LogSettings& settings, Writer writer) {
  testing::internal::CaptureStderr();
  set_up_logging(settings);
  writer();
  const std::string lines = testing::internal::GetCapturedStderr();
  set_up_logging({});
  return lines;
}

TEST(Log, WritesPlainLinesForPeople) {
  EXPECT_THAT(lines_of({},
                       [] {
                         log(Level::warn, "lane paused", {{"lane", "sms"}, {"why", "no credit"}, {"tries", 3}, {"open", true}});
                       }),
              HasSubstr(" W lane paused lane=sms why=\"no credit\" tries=3 open=true\n"));
}

TEST(Log, WritesJsonLinesForCollectors) {
  const auto lines = lines_of({.json = true}, [] {
    log(Level::info, "a \"quoted\"\nmessage", {{"text", "خط\n"}, {"count", std::uint64_t{7}}, {"share", 0.5}});
    spdlog::error("straight \"through\"");
  });
  EXPECT_THAT(lines, HasSubstr(R"("level":"info","message":"a \"quoted\"\nmessage","text":"خط\n","count":7,"share":0.5})"
                               "\n"));
  EXPECT_THAT(lines, HasSubstr(R"("level":"error","message":"straight \"through\""})"
                               "\n"));
}

TEST(Log, KeepsALineBreakInAValueFromMakingASecondLine) {
  const auto lines = lines_of({}, [] { log(Level::info, "m", {{"k", "a\nb"}}); });
  EXPECT_EQ(std::ranges::count(lines, '\n'), 1);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  EXPECT_EQ(lines_of({.level = "error"}, [] { log(Level::warn, "quiet"); }), "");
}

TEST(Log, RefusesAnUnknownLevel) { EXPECT_THROW(set_up_logging({.level = "loud"}), std::runtime_error); }

TEST(JsonText, KeepsOnlyUtf8) {
  std::string out;
  append_json_string(out, "\xED\xA0\x80|\xC0\xAF|\xF4\x90\x80\x80|\xE2\x82|م|😀");
  EXPECT_TRUE(is_utf8(out));
  EXPECT_THAT(out, HasSubstr("|م|😀\""));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
}

TEST(Metrics, AreWrittenInTheTextFormat) {
  Metrics metrics;
  prometheus::BuildCounter().Name("salam_sample_total").Help("Sample.").Register(metrics.registry()).Add({{"kind", "a"}}).Increment();
  EXPECT_THAT(metrics.exposition(), HasSubstr("# TYPE salam_sample_total counter\nsalam_sample_total{kind=\"a\"} 1"));
}

}  // namespace
}  // namespace salam::observe
