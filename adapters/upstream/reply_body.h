#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <pugixml.hpp>

#include "adapters/http_client/client.h"
#include "gateway/domain/result.h"
#include "gateway/json/parse.h"

/// A system's reply, read without trusting it, so that judging it need not ask whether it is JSON or XML.
namespace salam::upstream {

enum class ReplyFormat { json, xml };

/// Whether the text is a JSON Pointer (RFC 6901).
bool is_pointer(std::string_view text);

/// A place in a reply: a JSON Pointer (RFC 6901) in which `*` stands for every element of a list, or an XPath 1.0 expression (namespaces
/// are not looked at: names stand with the prefix that they have in the reply).
class ReplyPath {
 public:
  ReplyPath() = default;
  /// An empty text leads to the whole. Errors: `path_invalid` with what the text must be.
  static Result<ReplyPath> parse(std::string_view text, ReplyFormat format);

  [[nodiscard]] bool empty() const noexcept { return segments_.size() == 1 && segments_.front().empty() && !query_; }
  /// Other than an XPath expression that gives a text, a number, or true or false.
  [[nodiscard]] bool may_lead_to_list() const;

 private:
  friend class ReplyPart;
  std::vector<std::string> segments_{""};           ///< JSON Pointers with a list between each and the next.
  std::shared_ptr<const pugi::xpath_query> query_;  ///< Null for JSON, and where empty.
};

struct ReplyValue {
  enum class Kind {
    null,
    text,    ///< A string or a whole number: what a code may be. All that XML holds.
    scalar,  ///< True, false or a fraction.
    list_or_object,
  };
  Kind kind = Kind::null;
  std::string text;
};

/// A reply, or an item of a list in it; valid as long as the reply. What is absent, and all in a reply that could not be read, is nothing.
class ReplyPart {
 public:
  ReplyPart() = default;
  explicit ReplyPart(const json::Value* value) : part_(value) {}
  explicit ReplyPart(pugi::xml_node node) : part_(node) {}

  [[nodiscard]] std::vector<ReplyValue> values_at(const ReplyPath& path) const;
  /// The items of the list there (XML: the elements in the element there); nothing where there is no list. `path.may_lead_to_list()`.
  [[nodiscard]] std::optional<std::vector<ReplyPart>> items_at(const ReplyPath& path) const;
  /// All words there, `; ` between them.
  [[nodiscard]] std::string words_at(const ReplyPath& path) const;
  /// A code that can be relied on (`trusted_code`); nothing where several are there that differ.
  [[nodiscard]] std::optional<std::string> code_at(const ReplyPath& path) const;
  /// As it stands in the reply, for comparing.
  [[nodiscard]] std::string to_text() const;

 private:
  using Values = std::vector<const json::Value*>;
  static void collect(const json::Value& value, const ReplyPath& path, std::size_t segment, Values& into);
  [[nodiscard]] Values json_at(const ReplyPath& path) const;

  std::variant<std::monostate, const json::Value*, pugi::xml_node> part_;
};

class ReplyBody {
 public:
  /// A byte order mark is passed over. Unreadable: what is not of that format or not UTF-8, what passes a limit (8 MiB, 32 levels for JSON,
  /// 64 for XML), and XML with a document type declaration.
  static ReplyBody read(const http_client::Response& response, ReplyFormat format);

  [[nodiscard]] bool readable() const noexcept { return json_ || xml_; }
  [[nodiscard]] ReplyPart whole() const;

 private:
  std::unique_ptr<json::Document> json_;
  std::unique_ptr<pugi::xml_document> xml_;
};

}  // namespace salam::upstream
