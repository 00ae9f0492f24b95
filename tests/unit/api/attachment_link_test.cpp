#include <gtest/gtest.h>

#include "gateway/api/attachments.h"

namespace salam::api {
namespace {

const std::vector<std::string> hosts{"photos.example", ".isfahan.ir", "xn--mgba3a4f16a.example"};

std::string objection(const std::string& url) { return link_objection(url, hosts); }

TEST(Link, ToAnAllowedHostIsHandedOn) {
  for (const auto* const url :
       {"https://photos.example/1.jpg", "https://photos.example", "HTTPS://Photos.Example/1.jpg?size=large&q=%D8%B3",
        "https://a.isfahan.ir/", "https://a.b.isfahan.ir/@x", "https://xn--mgba3a4f16a.example/1"}) {
    EXPECT_EQ(objection(url), "") << url;
  }
}

TEST(Link, ToAnotherHostIsNotHandedOn) {
  for (const auto* const url :
       {"https://other.example/", "https://isfahan.ir/", "https://evilisfahan.ir/", "https://isfahan.ir.evil.example/",
        "https://photos.example.evil.example/", "https://photos.example./", "https://xphotos.example/", "https://xn--photos-x.example/"}) {
    EXPECT_NE(objection(url), "") << url;
  }
  EXPECT_NE(link_objection("https://photos.example/", {}), "") << "nothing is configured";
}

TEST(Link, WithAnotherSchemeIsNotHandedOn) {
  for (const auto* const url : {"http://photos.example/", "file:///etc/passwd", "ftp://photos.example/", "javascript:alert(1)",
                                "data:image/png;base64,AAAA", "//photos.example/1.jpg", "/1.jpg", "photos.example/1.jpg", ""}) {
    EXPECT_NE(objection(url), "") << url;
  }
}

TEST(Link, ThatOnlyLooksAsIfItLedThereIsNotHandedOn) {
  for (const auto* const url : {"https://photos.example@evil.example/",
                                "https://evil.example@photos.example/",
                                "https://user:secret@photos.example/",
                                "https://@photos.example/",
                                "https://photos.example:8443/",
                                "https://photos.example:443/",
                                "https://photos.example:/",
                                "https://photos.example:@evil.example/",
                                "https://photos.example#@evil.example/",
                                "https://photos.example/#x",
                                "https://evil.example\\@photos.example/",
                                "https://photos.example\\.evil.example/",
                                "https://photos%2Eexample/",
                                "https://photos.example%00.evil.example/",
                                "https://ph\u043Etos.example/",
                                "https://photos\u3002example/",
                                " https://photos.example/",
                                "https://photos.example/a b",
                                "https://photos.example/\r\nHost: evil",
                                "https://photos.example/\t",
                                "https:/photos.example/",
                                "https:photos.example",
                                "https:///photos.example/"}) {
    EXPECT_NE(objection(url), "") << url;
  }
  EXPECT_NE(objection(std::string("https://photos.example/\0", 24)), "");
}

TEST(Link, ToAnAddressIsNotHandedOn) {
  const std::vector<std::string> careless{"127.0.0.1", ".1", ".0.0.1", "1", "2130706433", "::1", ".0x1", ".example"};
  for (const auto* const url :
       {"https://127.0.0.1/", "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://127.1/", "https://127.0.0.0x1/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data"}) {
    EXPECT_NE(link_objection(url, careless), "") << url;
  }
}

TEST(LinkHost, IsANameInLowerCase) {
  for (const auto* const host : {"photos.example", ".isfahan.ir", "a-b.example", "localhost"}) EXPECT_TRUE(is_link_host(host)) << host;
  for (const auto* const host : {"", ".", "..", "*.example", "Photos.Example", "photos.example:443", "https://photos.example",
                                 "photos.example/", "127.0.0.1", "photos.example.", "a..b", "[::1]", "a b"}) {
    EXPECT_FALSE(is_link_host(host)) << host;
  }
}

}  // namespace
}  // namespace salam::api
