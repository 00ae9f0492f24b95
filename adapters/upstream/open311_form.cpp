#include "adapters/upstream/open311_form.h"

#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

constexpr std::size_t max_description = 4000;  ///< Code points.
constexpr std::string_view code_label = "کد پیگیری: ";

std::string without_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "‹";
    } else if (c == '>') {
      out += "›";
    } else {
      out += c;
    }
  }
  return out;
}

std::string code_line(const Request& request) { return std::string(code_label) + request.code.digits(); }

std::string description_of(const Request& request) {
  const auto last_line = "\n" + code_line(request);
  const auto text = request.content.subject.reveal() + "\n" + request.content.description.reveal();
  return plain_words(text, max_description - length(last_line)) + last_line;
}

std::string address_of(const Request& request) {
  const auto& content = request.content;
  if (!content.address.empty()) return without_markup(content.address.reveal());
  return content.coordinates ? std::string() : content.region.name();
}

}  // namespace

std::string plain_words(std::string_view text, std::size_t code_points) { return shortened(without_markup(text), code_points); }

Fields submission(const Open311Settings& settings, const ServiceCatalogue& catalogue, const Request& request) {
  const auto service_code = catalogue.code_for(category_of(request));
  Fields fields{{"api_key", settings.api_key.reveal()},
                {"jurisdiction_id", settings.jurisdiction_id},
                {"service_code", service_code},
                {"address_string", address_of(request)},
                {"lat", value_of(Placeholder::latitude, request)},
                {"long", value_of(Placeholder::longitude, request)},
                {"first_name", value_of(Placeholder::first_name, request)},
                {"last_name", value_of(Placeholder::last_name, request)},
                {"phone", value_of(Placeholder::phone, request)},
                {"description", description_of(request)},
                {"media_url", request.files.empty() ? value_of(Placeholder::media_url, request) : std::string()}};
  if (!settings.code_attribute.empty()) fields.emplace_back(attribute_field(settings.code_attribute), request.code.digits());
  for (const auto& [name, text] : settings.attributes) {
    fields.emplace_back(attribute_field(name), text.render([&](Placeholder placeholder) {
      return placeholder == Placeholder::service_code ? service_code : value_of(placeholder, request);
    }));
  }
  return fields;
}

bool names_request(std::string_view description, const Request& request) {
  return matching_form(description).ends_with(matching_form(code_line(request)));
}

std::optional<TrackingCode> code_named_in(std::string_view description) {
  const auto label = description.rfind(code_label);
  return label == std::string_view::npos ? std::nullopt : TrackingCode::parse(description.substr(label + code_label.size()));
}

}  // namespace salam::upstream
