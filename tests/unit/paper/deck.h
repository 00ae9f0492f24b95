#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "gateway/paper/zip_file.h"
#include "gateway/reports/results.h"

namespace salam::paper {

/// A .pptx taken apart, to look at it or to change it as a city's editor would.
class Deck {
 public:
  explicit Deck(std::string_view pptx);

  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool has(const std::string& name) const { return files_.contains(name); }
  [[nodiscard]] const std::string& file(const std::string& name) const { return files_.at(name); }
  [[nodiscard]] std::unique_ptr<pugi::xml_document> xml(const std::string& name) const;
  /// Where a relationship of the part leads, by its id.
  [[nodiscard]] std::string target(const std::string& part, const std::string& id) const;

  /// The slides' parts in the order in which they are shown.
  [[nodiscard]] std::vector<std::string> slides() const;
  /// All that is written on the n-th slide, from 1 on, a paragraph a line.
  [[nodiscard]] std::string text(std::size_t slide) const;
  /// The part of a slide's chart, by the chart's name.
  [[nodiscard]] std::string chart(std::string_view name) const;

  Deck& replace(const std::string& name, const std::string& from, const std::string& to);
  Deck& put(const std::string& name, std::string content);
  Deck& remove(const std::string& name);
  [[nodiscard]] std::string packed() const;

 private:
  ZipEntries files_;
};

/// `ppt/slides/_rels/slide1.xml.rels`.
std::string relationships_of(const std::string& part);

reports::Tally tally(std::int64_t in_time, std::int64_t late, std::int64_t waiting, std::int64_t overdue, std::int64_t withdrawn = 0);
/// Of a meeting without any request.
reports::Results no_results(std::string mosque = "مسجد جامع");
/// Of 400 requests, with more subjects and units than a chart has bars, of long names.
reports::Results many_results();

}  // namespace salam::paper
