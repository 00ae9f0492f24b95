#include "adapters/http_client/multipart.h"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::http_client {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

std::string boundary_in(const MultipartForm& form) {
  const std::string start = "multipart/form-data; boundary=";
  EXPECT_TRUE(form.content_type.starts_with(start)) << form.content_type;
  return form.content_type.substr(start.size());
}

/// With `B` in the boundary's place.
std::string encoded(const std::vector<Part>& parts) {
  auto form = multipart_encoded(parts);
  const auto boundary = boundary_in(form);
  for (auto at = form.body.find(boundary); at != std::string::npos; at = form.body.find(boundary))
    form.body.replace(at, boundary.size(), "B");
  return form.body;
}

TEST(Multipart, HasFieldsAndFilesInTheirOrder) {
  const auto content = "\x89PNG\r\n--B--\0\xFF"s;
  EXPECT_EQ(
      encoded({{"متن", "سلام\nخط دوم", {}, {}}, {"media", content, "image/png", "فرم ۱۲.png"}, {"JSON", "{}", "application/json", {}}}),
      "--B\r\nContent-Disposition: form-data; name=\"متن\"\r\n\r\nسلام\nخط دوم\r\n"
      "--B\r\nContent-Disposition: form-data; name=\"media\"; filename=\"فرم ۱۲.png\"\r\nContent-Type: image/png\r\n\r\n" +
          content +
          "\r\n--B\r\nContent-Disposition: form-data; name=\"JSON\"\r\nContent-Type: application/json\r\n\r\n{}\r\n"
          "--B--\r\n");
}

TEST(Multipart, OfNothingIsClosed) { EXPECT_EQ(encoded({}), "--B--\r\n"); }

TEST(Multipart, LetsNoNameBreakOut) {
  const auto body = encoded({{"a\"; x=\"\r\nX: 1\r\n\r\n", "v", {}, {}}, {"m", "", "image/png", "50%22 \"q\"\\\r\n.png"}});
  EXPECT_THAT(body, HasSubstr("name=\"a%22; x=%22%0D%0AX: 1%0D%0A%0D%0A\"\r\n"));
  EXPECT_THAT(body, HasSubstr("filename=\"50%22 %22q%22\\%0D%0A.png\"\r\n")) << "as browsers write it, backslash and percent sign too";
  EXPECT_THAT(body, Not(HasSubstr("\r\nX: 1")));
}

TEST(Multipart, BoundaryIsAnotherEachTimeAndMayStandInAHeader) {
  const auto first = boundary_in(multipart_encoded({}));
  EXPECT_NE(first, boundary_in(multipart_encoded({})));
  EXPECT_EQ(first.size(), 38U);
  EXPECT_EQ(first.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << first;
}

TEST(Multipart, BoundaryStandsInNoPart) {
  const std::vector<Part> parts{{"first", "x\r\n--taken-1\r\n", {}, {}}, {"taken-2", "y", {}, {}}, {"m", "z", "image/png", "taken-3.png"}};
  std::deque<std::string> drawn{"taken-1", "taken-2", "taken-3", "free", "never"};
  const auto draw = [&] {
    auto next = drawn.front();
    drawn.pop_front();
    return next;
  };
  EXPECT_EQ(boundary_for(parts, draw), "free");
  EXPECT_EQ(drawn.size(), 1U);
}

}  // namespace
}  // namespace salam::http_client
