#include "adapters/upstream/open311_pages.h"

namespace salam::upstream {
namespace {

std::string fingerprint(const std::vector<RequestItem>& items) {
  std::string ids;
  for (const auto& item : items) ids += item.raw_id + "\n";
  return ids;
}

}  // namespace

Pages::Pages(const Open311Settings& settings, Timestamp since, std::size_t most)
    : format_(settings.format), jurisdiction_id_(settings.jurisdiction_id), since_(since), most_(most), size_(settings.lookup.page_size) {}

http_client::Request Pages::request(Fields filter) const {
  filter.emplace_back("jurisdiction_id", jurisdiction_id_);
  filter.emplace_back("start_date", utc(since_));
  if (size_ > 0) {
    filter.emplace_back("page", std::to_string(page_));
    filter.emplace_back("page_size", std::to_string(size_));
  }
  return get_call("/requests", format_, std::move(filter));
}

std::optional<std::string> Pages::turn(const std::vector<RequestItem>& items) {
  if (size_ == 0) return "the system does not page, so its list may be cut";
  if (!seen_.insert(fingerprint(items)).second) return "the system repeats a page, so not all could be read";
  if (page_ >= most_) return "more pages than lookup.max_pages, so not all were read";
  // A system may give fewer than were asked for. Asked for just as many, it cannot skip any.
  if (page_ == 1) size_ = items.size();
  ++page_;
  return std::nullopt;
}

}  // namespace salam::upstream
