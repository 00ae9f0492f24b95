#include "gateway/domain/text.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace salam {
namespace {

TEST(MatchingForm, IsThatOfTheNormalisedText) {
  const std::string letter_and_mark_with_a_mark_of_direction_between = "o\u202E\u0301";
  EXPECT_EQ(matching_form(letter_and_mark_with_a_mark_of_direction_between), matching_form("ó"));
  EXPECT_EQ(matching_form("o\u200C\u0301"), matching_form("ó"));
}

TEST(Text, TellsValidUtf8FromBrokenBytes) {
  EXPECT_TRUE(valid_utf8(""));
  EXPECT_TRUE(valid_utf8("چاله‌ی خیابان ۱۲ 🕌"));
  EXPECT_FALSE(valid_utf8("\xD8"));              // cut short
  EXPECT_FALSE(valid_utf8("a\x80"));             // stray continuation
  EXPECT_FALSE(valid_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(valid_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(valid_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
}

TEST(Text, NormalisesArabicLettersToPersianOnes) {
  EXPECT_EQ(normalise("كوچه‌ي شهيد رجايي"), "کوچه‌ی شهید رجایی");
}

TEST(Text, KeepsTehMarbutaAndAlefMaksuraForThoseWhoRead) { EXPECT_EQ(normalise("مسجد الزهراة موسى"), "مسجد الزهراة موسى"); }

TEST(Text, DropsTatweelBidiMarksAndControls) {
  EXPECT_EQ(normalise("آســفالت"), "آسفالت");
  EXPECT_EQ(normalise("\u202Bچاله\u202C \u200Eدر\u200F \u2067معبر\u2069"), "چاله در معبر");
  EXPECT_EQ(normalise("\uFEFFآب\u0007\u0001"), "آب");
  EXPECT_EQ(normalise(std::string_view("آ\0ب", 5)), "آب");
}

TEST(Text, FoldsBlanksAndTrims) {
  EXPECT_EQ(normalise("  خیابان \t\u00A0 کاوه\u3000 "), "خیابان کاوه");
  EXPECT_EQ(normalise(" \u200B "), "");
}

TEST(Text, KeepsLineBreaksAsNewlines) {
  EXPECT_EQ(normalise("سطر اول \r\n سطر دوم\rسوم\u2028چهارم"), "سطر اول\nسطر دوم\nسوم\nچهارم");
  EXPECT_EQ(normalise("\n\nالف\n\n\nب\n"), "الف\nب");
}

TEST(Text, KeepsTheNonJoinerOnlyBetweenLetters) {
  EXPECT_EQ(normalise("می‌خواهم"), "می‌خواهم");
  EXPECT_EQ(normalise("می‌‌‌خواهم"), "می‌خواهم");
  EXPECT_EQ(normalise("‌خانه‌ ها‌"), "خانه ها");
  EXPECT_EQ(normalise("۱۲‌متری"), "۱۲متری");
  EXPECT_EQ(normalise("خانه‌."), "خانه.");
}

TEST(Text, ComposesPresentationFormsWithoutChangingDigits) {
  EXPECT_EQ(normalise("ﻣﺮدم ﺳﻼم"), "مردم سلام");
  EXPECT_EQ(normalise("۱۴۰۵ و ١٤٠٥ و 1405"), "۱۴۰۵ و ١٤٠٥ و 1405");
  EXPECT_EQ(normalise("۳½ متر و ۲۰ m²"), "۳½ متر و ۲۰ m²");
}

TEST(Text, NormalisingTwiceChangesNothingMore) {
  const std::vector<std::string> alphabet{"ي",      "ك",      "ى",      "ة",      "ه", "ا",      "ۀ",      "ـ", "‌",
                                          "\u200D", "\u200F", "\u0654", "\u0653", "ً",  "\u064E", "\uFE71", "ﻻ", "\n",
                                          " ",      "۵",      "\u00A0", "5",      "²", "e",      "\u0301", "."};
  std::mt19937 random(137);  // NOLINT(cert-msc51-cpp): the same texts in every run
  for (int i = 0; i < 10'000; ++i) {
    std::string text;
    for (std::size_t n = random() % 12; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const auto once = normalise(text);
    ASSERT_EQ(normalise(once), once) << "from: " << text;
    const auto matching = matching_form(text);
    ASSERT_EQ(matching_form(matching), matching) << "from: " << text;
  }
}

TEST(MatchingForm, FoldsWhatHandwritingConfuses) {
  EXPECT_EQ(matching_form("خانۀ اجاره‌ای"), matching_form("خانه اجارهای"));
  EXPECT_EQ(matching_form("خانهٔ"), "خانه");
  EXPECT_EQ(matching_form("مدرسة"), "مدرسه");
  EXPECT_EQ(matching_form("موسى"), "موسی");
  EXPECT_EQ(matching_form("تأمین اجتماعی"), "تامین اجتماعی");
  EXPECT_EQ(matching_form("شُکرًا"), "شکرا");
  EXPECT_EQ(matching_form("پلاک ۱۲ و ٣٤"), "پلاک 12 و 34");
  EXPECT_EQ(matching_form("NAZHVAN"), "nazhvan");
}

TEST(MatchingForm, KeepsAlefWithMaddaApart) { EXPECT_NE(matching_form("آب"), matching_form("اب")); }

TEST(Digits, AreTurnedBetweenScripts) {
  EXPECT_EQ(latin_digits("۰۹۱۳ ٤٥٦ 789 الف"), "0913 456 789 الف");
  EXPECT_EQ(persian_digits("0913 ٤٥٦ ۷۸۹ الف"), "۰۹۱۳ ۴۵۶ ۷۸۹ الف");
  EXPECT_EQ(latin_digits(persian_digits("1234567890")), "1234567890");
  EXPECT_EQ(latin_digits("٪ ؟ ی\xDB"), "٪ ؟ ی\xDB");
}

TEST(Text, CountsAndCutsAtCodePoints) {
  EXPECT_EQ(length("سلام"), 4U);
  EXPECT_EQ(length("🕌"), 1U);
  EXPECT_EQ(shortened("سلام", 4), "سلام");
  EXPECT_EQ(shortened("سلام مردم", 5), "سلام…");
  EXPECT_EQ(shortened("🕌🕌🕌", 2), "🕌…");
  EXPECT_EQ(shortened("سلام", 0), "");
}

TEST(WithoutNumbers, TakesLongRunsOfDigitsOut) {
  EXPECT_EQ(without_numbers("phone 09130001234 unknown"), "phone [digits] unknown");
  EXPECT_EQ(without_numbers("تلفن ۰۹۱۳-۰۰۰ ۱۲ ۳۴ است"), "تلفن [digits] است");
  EXPECT_EQ(without_numbers("٠٩١٣٠٠٠١٢٣٤"), "[digits]");
  EXPECT_EQ(without_numbers("0913\u200F000\u200E1234"), "[digits]");
  EXPECT_EQ(without_numbers("a 1234567, b 7654321"), "a [digits], b [digits]");
}

TEST(WithoutNumbers, LeavesShortNumbersAlone) {
  EXPECT_EQ(without_numbers("HTTP 503 after 30000 ms, پلاک ۱۲"), "HTTP 503 after 30000 ms, پلاک ۱۲");
  EXPECT_EQ(without_numbers("123456"), "123456");
  EXPECT_EQ(without_numbers(""), "");
  EXPECT_EQ(without_numbers("\xFFzz 1234567"), "\xFFzz [digits]");
}

}  // namespace
}  // namespace salam
