#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/meeting.h"
#include "gateway/domain/printed_form.h"
#include "gateway/domain/result.h"

/// What is printed.
namespace salam::paper {

/// Where a citizen reads what has become of the request, such as `https://isfahan.example/track/{code}`; may be empty: then nothing is said
/// of it.
class TrackingAddress {
 public:
  TrackingAddress() = default;
  /// Errors: `address_invalid`: no http or https address in printable ASCII, without exactly one `{code}`, or too long for a QR code.
  static Result<TrackingAddress> parse(std::string_view text);

  [[nodiscard]] bool empty() const { return before_.empty(); }
  [[nodiscard]] std::string of(TrackingCode code) const { return before_ + code.digits() + after_; }

 private:
  std::string before_;
  std::string after_;
};

/// The page on which a meeting's forms are printed: HTML with `{{placeholders}}`, which a city may write anew. What stands between
/// `{{#form}}` and `{{/form}}` is repeated for each form, and there must hold `{{number}}` (Persian digits), `{{code}}` (3-3-4, Persian
/// digits), `{{mosque}}`, `{{region}}`, `{{date}}` (Jalali), and between `{{#tracking}}` and `{{/tracking}}`, which is left out where there
/// is no address, `{{qr}}` (an SVG element) and `{{address}}`. All values are escaped; code and address read from left to right wherever
/// they stand.
class FormTemplate {
 public:
  /// The one that ships, docker/examples/form.html.
  static const FormTemplate& standard();
  /// Errors: `template_invalid` for a placeholder that is unknown, missing, not closed, or where it may not stand.
  static Result<FormTemplate> parse(std::string_view html);

  [[nodiscard]] std::string render(const Meeting& meeting, const std::vector<PrintedForm>& forms, const TrackingAddress& address) const;

 private:
  enum class Part { text, number, code, mosque, region, date, qr, address, tracking_begins, tracking_ends };
  static constexpr std::size_t part_count = 10;
  using Parts = std::vector<std::pair<Part, std::string>>;

  static Result<Parts> read_form(std::string_view html);

  std::string before_;
  Parts form_;
  std::string after_;
};

}  // namespace salam::paper
