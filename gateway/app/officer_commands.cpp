#include "gateway/app/officer_commands.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <tuple>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "adapters/http_client/client.h"
#include "gateway/app/command_support.h"
#include "gateway/domain/text.h"
#include "gateway/json/writer.h"

namespace salam::app {
namespace {

using http_client::percent_encoded;

std::string text_at(const json::Value& value, std::string_view pointer) {
  const auto* const found = json::find(value, pointer);
  return found == nullptr ? std::string{} : json::text_of(*found).value_or("");
}

/// The one request that the code leads to.
Result<std::string> id_of(const ApiClient& api, const std::string& code) {
  const auto found = api.get("/v1/requests?code=" + percent_encoded(code));
  if (!found) return found.error();
  const auto& requests = (*found)["requests"];
  if (requests.Empty()) return Error{"unknown_code", "با کد «" + code + "» درخواستی ثبت نشده است."};
  if (requests.Size() > 1) return Error{"ambiguous_code", "کد «" + code + "» از آنِ چند درخواست است؛ کد درگاه (ده رقمی) را بدهید."};
  return text_at(requests[0], "/id");
}

void print_item(const json::Value& item) {
  const auto& request = item["request"];
  const bool missed = item["missed"].IsTrue();
  fmt::print("{}  {}  {}  {}  منطقه {}  {}  {}\n", text_at(item, "/due_jalali"), missed ? "گذشته" : "مانده ",
             text_at(item, "/what") == "review" ? "بررسی" : "پاسخ ", text_at(request, "/tracking_code_for_people"),
             persian_digits(text_at(request, "/region")), text_at(item, "/responsible"), text_at(request, "/subject"));
}

void print_step(const json::Value& step) {
  fmt::print("{}  {}  دیدار {}  منطقه {}  {}  {}\n", text_at(step, "/due_jalali"), text_at(step, "/state") == "missed" ? "گذشته" : "مانده ",
             text_at(step, "/meeting"), persian_digits(text_at(step, "/region")), text_at(step, "/responsible"), text_at(step, "/name"));
}

/// `target` ends where parameters may follow. Prints the list's pages until `most` lines; returns how many there were, and whether there
/// are more.
struct Printed {
  int lines = 0;
  bool more = false;
};
Result<Printed> print_pages(const ApiClient& api, const std::string& target, std::string_view list, int most,
                            void (*print)(const json::Value&)) {
  Printed printed;
  std::string token;
  do {
    const auto page = api.get(fmt::format("{}page_size={}{}", target, std::clamp(most - printed.lines, 1, 1'000),
                                          token.empty() ? "" : "&page_token=" + percent_encoded(token)));
    if (!page) return page.error();
    const auto* const items = json::member(*page, list);
    if (items == nullptr || !items->IsArray()) return Error{"unreadable", "this is not the gateway's API"};
    for (const auto& item : items->GetArray()) print(item);
    printed.lines += static_cast<int>(items->Size());
    token = text_at(*page, "/next_page_token");
  } while (!token.empty() && printed.lines < most);
  printed.more = !token.empty();
  return printed;
}

bool write(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  return static_cast<bool>((file << content).flush());
}

int act(const ApiAccess& access, const Decision& decision, const std::string& what) {
  const auto api = ApiClient::open(access);
  if (!api) return fail(api.error());
  const auto id = id_of(*api, decision.code);
  if (!id) return fail(id.error());
  json::Writer body;
  body.begin_object().member("by", decision.by).member_if("note", decision.note).member_if("decision", decision.decision);
  body.member_if("category", decision.category).member_if("channel", decision.channel).member_if("text", decision.text);
  if (!decision.twin.empty()) {
    const auto twin = id_of(*api, decision.twin);
    if (!twin) return fail(twin.error());
    body.member("twin", *twin);
  }
  const auto done = api->post("/v1/requests/" + *id + '/' + what, body.end_object().take());
  if (!done) return fail(done.error());
  fmt::print("{}  {}\n", text_at(*done, "/tracking_code_for_people"), text_at(*done, "/state"));
  return 0;
}

std::string number_at(const json::Value& value, std::string_view pointer) { return persian_digits(text_at(value, pointer)); }

void print_invitation(const json::Value& invitation) {
  fmt::print("متن پیامک، {} بخش:\n{}\n\n", number_at(invitation, "/parts"), text_at(invitation, "/text"));
  fmt::print("{} شماره دعوت می‌شود، در مجموع {} بخش پیامک.\n", number_at(invitation, "/to_invite"),
             number_at(invitation, "/parts_in_all"));
  fmt::print("{} درخواست شمارهٔ همراه ندارد: صاحبان آن‌ها را تلفنی خبر کنید.\n",
             number_at(invitation, "/without_number"));
  fmt::print("تاکنون: {} در صف، {} فرستاده، {} رسیده، {} نرسیده، {} نامعلوم.\n", number_at(invitation, "/messages/queued"),
             number_at(invitation, "/messages/sent"), number_at(invitation, "/messages/delivered"),
             number_at(invitation, "/messages/failed"), number_at(invitation, "/messages/uncertain"));
}

}  // namespace

int due(const ApiAccess& access, const DueQuestion& question) {
  const auto api = ApiClient::open(access);
  if (!api) return fail(api.error());
  std::string filters;
  for (const auto& [name, value] : {std::pair{"region", question.region}, {"officer", question.officer}}) {
    if (!value.empty()) filters.append(name).append("=").append(percent_encoded(value)).append("&");
  }
  const auto before = question.before.empty() ? std::string{} : "before=" + percent_encoded(question.before) + "&";
  Printed all;
  for (const auto& [target, list, print] : {std::tuple{"/v1/deadlines?state=missed&" + filters, "deadlines", &print_step},
                                            {"/v1/deadlines?state=open&" + filters, "deadlines", &print_step},
                                            {fmt::format("/v1/due?{}{}", filters, before), "items", &print_item}}) {
    if (all.lines >= question.most) break;
    const auto printed = print_pages(*api, target, list, question.most - all.lines, print);
    if (!printed) return fail(printed.error());
    all.lines += printed->lines;
    all.more |= printed->more;
  }
  if (all.lines == 0) fmt::print("چیزی مانده نیست.\n");
  if (all.more) fmt::print(stderr, "و موارد دیگر؛ با --most بیشتر ببینید.\n");
  return 0;
}

int review(const ApiAccess& access, const Decision& decision) { return act(access, decision, "review"); }

int answer(const ApiAccess& access, const Decision& decision) { return act(access, decision, "answer"); }

int report(const ApiAccess& access, const ReportOrder& order) {
  const auto api = ApiClient::open(access);
  if (!api) return fail(api.error());
  auto target = order.meeting.empty() ? "/v1/reports/" + order.report
                                      : fmt::format("/v1/meetings/{}/reports/{}", percent_encoded(order.meeting), order.report);
  auto format = std::filesystem::path(order.out).extension().string();
  target += "?format=" + percent_encoded(format.empty() ? format : format.substr(1));
  for (const auto& [name, value] : {std::pair{"table", order.table}, {"from", order.from}, {"to", order.to}}) {
    if (!value.empty()) target.append("&").append(name).append("=").append(percent_encoded(value));
  }
  if (order.personal) target += "&personal=true";
  const auto file = api->download(target);
  if (!file) return fail(file.error());
  if (!write(order.out, *file)) return fail({"unwritable", "`" + order.out + "` cannot be written; the report can be asked for again"});
  fmt::print("{}\n", order.out);
  return 0;
}

int invite(const ApiAccess& access, const InvitationOrder& order) {
  const auto api = ApiClient::open(access);
  if (!api) return fail(api.error());
  const auto path = fmt::format("/v1/meetings/{}/invitation", percent_encoded(order.meeting));
  json::Writer draft;
  draft.begin_object().member("date", order.date).member_if("time", order.time).member_if("place", order.place);
  draft.member_if("text", order.text).member("by", order.by);
  const auto put = api->put(path, draft.end_object().take());
  if (!put) return fail(put.error());
  print_invitation(*put);
  if (!order.approve) {
    fmt::print("چیزی فرستاده نشد. برای فرستادن، همین فرمان را با --approve بدهید.\n");
    return 0;
  }
  json::Writer approval;
  approval.begin_object().member("by", order.by);
  const auto approved = api->post(path + "/approve", approval.end_object().take(), '"' + text_at(*put, "/version") + '"');
  if (!approved) return fail(approved.error());
  fmt::print("به نام {} تأیید شد: به {} شماره فرستاده می‌شود.\n", text_at(*approved, "/approved_by"),
             number_at(*approved, "/to_invite"));
  return 0;
}

int forms(const ApiAccess& access, const FormsOrder& order) {
  const auto api = ApiClient::open(access);
  if (!api) return fail(api.error());
  json::Writer body;
  body.begin_object().member("from", order.from).member("count", order.count);
  const auto page = api->post_for_page(fmt::format("/v1/meetings/{}/forms", percent_encoded(order.meeting)), body.end_object().take());
  if (!page) return fail(page.error());
  if (!write(order.out, *page)) return fail({"unwritable", "`" + order.out + "` cannot be written; the same forms can be printed again"});
  fmt::print("{} برگه، از شمارهٔ {} تا {}: {}\n", persian_digits(std::to_string(order.count)), persian_digits(std::to_string(order.from)),
             persian_digits(std::to_string(order.from + order.count - 1)), order.out);
  fmt::print(
      "در مرورگر باز کنید و روی کاغذ A4 چاپ کنید: بی حاشیه، با مقیاس ۱۰۰ درصد. چاپ دوباره کدها را عوض نمی‌کند.\n");
  return 0;
}

}  // namespace salam::app
