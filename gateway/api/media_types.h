#pragma once

#include <string_view>

/// What files are sent as and taken as (the IANA registry's names).
namespace salam::api::media_type {

inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view csv = "text/csv";
inline constexpr std::string_view html = "text/html";
inline constexpr std::string_view xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
inline constexpr std::string_view pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

}  // namespace salam::api::media_type
