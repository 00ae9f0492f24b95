#pragma once

#include <array>
#include <string_view>

namespace salam::stand_ins {

/// What can be reported to the stand-in of system 137: the slugs of the gateway's categories.
struct Service {
  std::string_view code;
  std::string_view name;
  std::string_view group;
};

inline constexpr std::array<Service, 19> services{{
    {"waste", "پسماند و زباله", "خدمات شهری"},
    {"street_cleaning", "رفت و روب معابر", "خدمات شهری"},
    {"rubble", "نخاله و خاک", "خدمات شهری"},
    {"beggars", "متکدیان و بی‌خانمان‌ها", "خدمات شهری"},
    {"noise", "سر و صدا", "خدمات شهری"},
    {"green_space", "فضای سبز و درختان", "فضای سبز"},
    {"parks", "پارک‌ها و وسایل بازی", "فضای سبز"},
    {"asphalt", "آسفالت، لکه‌گیری و فرونشست", "عمران"},
    {"lighting", "روشنایی معابر", "عمران"},
    {"water_surface", "آب‌های سطحی و جوی‌ها", "عمران"},
    {"illegal_building", "ساخت و ساز بدون پروانه", "شهرسازی"},
    {"pavement_blocking", "سد معبر", "شهرسازی"},
    {"traffic", "ترافیک و علائم", "حمل و نقل"},
    {"public_transport", "اتوبوس و مترو", "حمل و نقل"},
    {"suggestion", "پیشنهاد", "ارتباطات مردمی"},
    {"criticism", "انتقاد", "ارتباطات مردمی"},
    {"thanks", "قدردانی", "ارتباطات مردمی"},
    {"other", "سایر", "ارتباطات مردمی"},
    {"other_bodies", "امور دیگر دستگاه‌ها", "ارتباطات مردمی"},
}};

}  // namespace salam::stand_ins
