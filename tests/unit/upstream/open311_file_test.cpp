#include "adapters/upstream/open311_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

TEST(Open311File, ThatShipsCanBeRead) {
  const auto open311 = parse_open311(example("system137.toml"), "");
  ASSERT_TRUE(open311) << open311.error().message;
  EXPECT_EQ(open311->refused.size(), 2U);
  EXPECT_EQ(open311->attributes.size(), 3U);
  EXPECT_EQ(open311->format, ReplyFormat::json);
  EXPECT_TRUE(open311->amend.updates);
}

TEST(Open311File, ChoosesTheFormat) { EXPECT_EQ(parse_open311("format = \"xml\"", "")->format, ReplyFormat::xml); }

TEST(Open311File, TeachesTheSystemsOwnWords) {
  const auto settings = parse_open311("[status]\nin_progress = [\"در دست بررسي\", \"closed\"]", "");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->statuses.meaning_of("در دست بررسی"), (Meaning{Progress::in_progress}));
  EXPECT_EQ(settings->statuses.meaning_of("closed"), (Meaning{Progress::in_progress})) << "what is configured counts";
  EXPECT_EQ(settings->statuses.meaning_of("open"), (Meaning{Progress::open}));
}

TEST(Open311File, SaysWhetherTheSystemIsToldOfChanges) {
  EXPECT_FALSE(parse_open311("", "")->amend.updates) << "by hand, unless somebody says that it takes updates";
  const auto told = parse_open311("[amend]\nsets_values = true\nlookup = true", "");
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_TRUE(told->amend.updates && told->amend.sets_values && told->amend.lookup);
  const auto careful = parse_open311("[amend]\nkind = \"updates\"", "");
  EXPECT_TRUE(careful->amend.updates && !careful->amend.sets_values && !careful->amend.lookup);
  EXPECT_FALSE(parse_open311("[amend]\nkind = \"none\"", "")->amend.updates);
}

TEST(Open311File, SaysWhetherFilesGoAlongAndInWhichField) {
  EXPECT_EQ(parse_open311("", "")->media_field, "");
  EXPECT_EQ(parse_open311("media = \"urls\"", "")->media_field, "");
  EXPECT_EQ(parse_open311("media = \"files\"", "")->media_field, "media");
  EXPECT_EQ(parse_open311("media = \"files\"\nmedia_field = \"photo\"", "")->media_field, "photo");
}

TEST(Open311File, SendsLateAttachmentsAsThoseOfARegistrationUnlessItSaysOtherwise) {
  const auto amend = [](std::string_view text) {
    const auto settings = parse_open311(text, "");
    EXPECT_TRUE(settings) << settings.error().message;
    return settings->amend;
  };
  EXPECT_TRUE(amend("[amend]").media);
  EXPECT_EQ(amend("[amend]").media_field, "");
  EXPECT_EQ(amend("media = \"files\"\nmedia_field = \"photo\"\n[amend]").media_field, "photo");
  EXPECT_EQ(amend("media = \"files\"\n[amend]\nmedia = \"urls\"").media_field, "");
  EXPECT_EQ(amend("[amend]\nmedia = \"files\"").media_field, "media");
  EXPECT_FALSE(amend("[amend]\nmedia = \"none\"").media);
}

TEST(Open311File, RefusesWhatCannotWork) {
  const auto error = [](std::string_view text) {
    const auto settings = parse_open311(text, "137.toml");
    return settings ? "accepted" : settings.error().message;
  };
  EXPECT_EQ(error("[lookup]\nkind = \"guess\""), "137.toml: lookup.kind must be attribute, scan or none");
  EXPECT_EQ(error("[lookup]\nkind = \"scan\"\npage_size = 0"), "137.toml: lookup.page_size must not be 0: a scan needs pages");
  EXPECT_EQ(error("code_attribute = \"\""), "137.toml: code_attribute must not be empty, as the lookup filters by it");
  EXPECT_EQ(error("[attributes]\nx = \"{{y}}\""), "137.toml: attributes.x there is no placeholder {{y}}");
  EXPECT_EQ(error("[attributes]\nx = \"{{page}}\""), "137.toml: attributes.x {{page}} means nothing here: only a lookup has pages");
  EXPECT_THAT(error("[attributes]\nx = \"{{api_key}}\""), testing::HasSubstr("137.toml: attributes.x {{api_key}} means nothing here: "));
  EXPECT_EQ(error("[amend]\nkind = \"attribute\""), "137.toml: amend.kind must be updates or none");
  EXPECT_EQ(error("[amend]\nmedia = \"file\""), "137.toml: amend.media must be urls, files or none");
  EXPECT_EQ(error("[amend]\nlookup = \"yes\""), "137.toml: amend.lookup must be true or false");
  EXPECT_EQ(error("[attributes]\nx = \"{{unit}}\""), "137.toml: attributes.x {{unit}} means nothing here: it belongs to an [amend]");
  EXPECT_EQ(error("media = \"file\""), "137.toml: media must be urls or files");
  EXPECT_EQ(error("media_field = \"photo\""), "137.toml: media_field needs media = \"files\"");
  EXPECT_EQ(error("media = \"files\"\nmedia_field = \"\""), "137.toml: media_field must not be empty");
  EXPECT_EQ(error("blackbox = 1"), "137.toml: blackbox must be true or false");
  EXPECT_EQ(error("[status]\ndone = [\"x\"]"), "137.toml: status.done is not a known key");
  EXPECT_EQ(error("[status]\nopen = \"x\""), "137.toml: status.open must be a list of strings");
  EXPECT_EQ(error("format = \"yaml\""), "137.toml: format must be json or xml");
  EXPECT_EQ(error(""), "accepted");
}

}  // namespace
}  // namespace salam::upstream
