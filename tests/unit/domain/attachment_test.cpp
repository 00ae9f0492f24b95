#include "gateway/domain/attachment.h"

#include <gtest/gtest.h>

namespace salam {
namespace {

using namespace std::string_view_literals;

TEST(MediaType, IsToldByTheFirstBytes) {
  EXPECT_EQ(media_type_of("\xFF\xD8\xFF\xE0\x00\x10JFIF"sv), "image/jpeg");
  EXPECT_EQ(media_type_of("\x89PNG\r\n\x1A\n\x00\x00"sv), "image/png");
  EXPECT_EQ(media_type_of("RIFF\x24\x00\x00\x00WEBPVP8 "sv), "image/webp");
  EXPECT_EQ(media_type_of("%PDF-1.7\n"), "application/pdf");
}

TEST(MediaType, OfAnythingElseIsUnknown) {
  for (const auto content : {""sv, "\xFF\xD8"sv, "\x89PNG\n\x1A\n"sv, "RIFF\x24\x00\x00\x00WAVE"sv, "RIFF\x24\x00\x00\x00WEB"sv,
                             " %PDF-1.7"sv, "<svg xmlns='http://www.w3.org/2000/svg'/>"sv, "GIF89a"sv, "<html>"sv, "{}"sv}) {
    EXPECT_EQ(media_type_of(content), "") << content;
  }
}

TEST(FileName, IsKeptAsPeopleReadIt) {
  EXPECT_EQ(parse_file_name("form-12.jpg"), "form-12.jpg");
  EXPECT_EQ(parse_file_name("  فرم ۱۲ (پشت).pdf "), "فرم ۱۲ (پشت).pdf");
  EXPECT_EQ(parse_file_name("عكس\u200Cها.png"), "عکس\u200Cها.png") << "letters as everywhere, the joiner kept";
  EXPECT_EQ(parse_file_name(std::string(100, 'x')), std::string(100, 'x'));
}

TEST(FileName, ThatMisleadsIsNone) {
  for (const auto name : {""sv,
                          " "sv,
                          "."sv,
                          ".."sv,
                          "../../etc/passwd"sv,
                          "a/b.png"sv,
                          "a\uFF0Fb.png"sv,
                          "a\uFF3Cb.png"sv,
                          "\u2025"sv,
                          "a\\b.png"sv,
                          "a\0b"sv,
                          "a\nb"sv,
                          "a\x7F"sv,
                          "a\u0085"sv,
                          "gpj\u202Eexe.scr"sv,
                          "a\u200Fb"sv,
                          "a\u2066b"sv,
                          "a\u2028b"sv,
                          "a\uFEFFb"sv,
                          "a\xFF"sv}) {
    EXPECT_EQ(parse_file_name(name), std::nullopt) << name;
  }
  EXPECT_EQ(parse_file_name(std::string(101, 'x')), std::nullopt);
}

}  // namespace
}  // namespace salam
