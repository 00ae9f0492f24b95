#include "adapters/upstream/open311_file.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "adapters/upstream/mapping_table.h"

namespace salam::upstream {
namespace {

constexpr std::string_view usual_media_field = "media";

std::vector<ErrorRule> read_error_rules(MappingTable& root, std::string_view name) {
  std::vector<ErrorRule> rules;
  for (auto& table : root.tables(name)) {
    ErrorRule rule{table.statuses(), table.texts("codes"), table.texts("words")};
    if (rule.statuses.empty() && rule.codes.empty() && rule.words.empty()) {
      table.fail("statuses", "is missing: a rule without a condition would hold always");
    }
    table.nothing_else();
    rules.push_back(std::move(rule));
  }
  return rules;
}

Open311Lookup read_open311_lookup(MappingTable table) {
  Open311Lookup lookup;
  const auto kind = table.text("kind", "attribute");
  if (kind != "none" && kind != "attribute" && kind != "scan") table.fail("kind", "must be attribute, scan or none");
  lookup.kind = kind == "none" ? LookupKind::none : kind == "scan" ? LookupKind::scan : LookupKind::attribute;
  if (table.has("code_at")) lookup.code_at = table.texts("code_at");
  if (!std::all_of(lookup.code_at.begin(), lookup.code_at.end(), is_pointer)) table.fail("code_at", "must be a list of JSON Pointers");
  lookup.page_size = table.count("page_size", lookup.page_size, 0, 1000);
  lookup.max_pages = table.count("max_pages", lookup.max_pages, 1, 1000);
  if (lookup.kind == LookupKind::scan && lookup.page_size == 0) table.fail("page_size", "must not be 0: a scan needs pages");
  table.nothing_else();
  return lookup;
}

Open311FollowUp read_open311_follow_up(MappingTable table) {
  Open311FollowUp follow_up;
  const auto kind = table.text("kind", "requests");
  if (kind != "none" && kind != "requests" && kind != "updates") table.fail("kind", "must be requests, updates or none");
  follow_up.kind = kind == "none" ? FollowUpKind::none : kind == "updates" ? FollowUpKind::updates : FollowUpKind::requests;
  follow_up.updates_window = std::chrono::hours(table.count("updates_window_hours", 72, 1, 90 * 24));
  table.nothing_else();
  return follow_up;
}

/// The field that files go in; empty where their addresses do.
std::string read_media_field(MappingTable& root) {
  const auto media = root.text("media", "urls");
  if (media != "urls" && media != "files") root.fail("media", "must be urls or files");
  if (media == "urls" && root.has("media_field")) root.fail("media_field", "needs media = \"files\"");
  const auto field = root.text("media_field", std::string(usual_media_field));
  if (field.empty()) root.fail("media_field", "must not be empty");
  return media == "files" ? field : std::string();
}

/// `media_field`: what the registration's files go in.
Open311Amend read_open311_amend(MappingTable table, const std::string& media_field) {
  Open311Amend amend;
  const auto kind = table.text("kind", "updates");
  if (kind != "none" && kind != "updates") table.fail("kind", "must be updates or none");
  amend.updates = kind == "updates";
  amend.sets_values = table.flag("sets_values");
  amend.lookup = table.flag("lookup");
  const auto media = table.text("media", media_field.empty() ? "urls" : "files");
  if (media != "urls" && media != "files" && media != "none") table.fail("media", "must be urls, files or none");
  amend.media = media != "none";
  if (media == "files") amend.media_field = media_field.empty() ? usual_media_field : media_field;
  table.nothing_else();
  return amend;
}

Open311Settings read_open311(MappingTable root) {
  Open311Settings settings;
  const auto format = root.text("format", "json");
  if (format != "json" && format != "xml") root.fail("format", "must be json or xml");
  settings.format = format == "xml" ? ReplyFormat::xml : ReplyFormat::json;
  settings.jurisdiction_id = root.text("jurisdiction_id", "");
  settings.code_attribute = root.text("code_attribute", settings.code_attribute);
  settings.attributes = root.templates("attributes", Escape::none);
  settings.media_field = read_media_field(root);
  settings.blackbox = root.flag("blackbox");
  settings.refused = read_error_rules(root, "refused");
  settings.later = read_error_rules(root, "later");
  settings.already_exists = read_error_rules(root, "already_exists");
  if (root.has("lookup")) settings.lookup = read_open311_lookup(root.table("lookup"));
  if (root.has("amend")) settings.amend = read_open311_amend(root.table("amend"), settings.media_field);
  if (root.has("follow_up")) settings.follow_up = read_open311_follow_up(root.table("follow_up"));
  if (root.has("status")) settings.statuses = read_follow_up_words(root.table("status"));
  if (settings.lookup.kind == LookupKind::attribute && settings.code_attribute.empty()) {
    root.fail("code_attribute", "must not be empty, as the lookup filters by it");
  }
  root.nothing_else();
  return settings;
}

}  // namespace

Result<Open311Settings> parse_open311(std::string_view toml, std::string_view file) { return read_mapping_file(toml, file, read_open311); }

}  // namespace salam::upstream
