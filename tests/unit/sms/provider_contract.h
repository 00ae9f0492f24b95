#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <gtest/gtest.h>

#include "tests/unit/sms/support.h"
#include "tests/unit/upstream/bad_answers.h"

/// What every SMS driver must do, whatever it speaks. A new one is tested by one line in a test of its own:
/// `INSTANTIATE_TEST_SUITE_P(Toy, SmsProviderContract, testing::Values(toy()), name_of_case);`
namespace salam::sms {

struct ProviderCase {
  using Make = std::function<std::unique_ptr<SmsProvider>(std::unique_ptr<http_client::Client>, const boost::asio::any_io_executor&)>;

  std::string name;
  Make make;
  std::string secret;  ///< Of its account; must show nowhere.
  /// How the provider says that it has taken `a_message()`, and the id that it gives it then.
  std::function<http_client::Response(std::string id)> sent;
  std::string id = "17";
  http_client::Response rejected;
  http_client::Response misconfigured;
  http_client::Response later;
  std::vector<upstream::BadAnswer> bad_answers;  ///< To a send.
  std::vector<upstream::BadAnswer> bad_reports;  ///< To a question for delivery; none where reports come by themselves.
  bool numeric_ids = true;                       ///< Another id is not trusted.

  friend std::ostream& operator<<(std::ostream& out, const ProviderCase& provider) { return out << provider.name; }
};

inline std::string name_of_case(const testing::TestParamInfo<ProviderCase>& info) { return info.param.name; }

class SmsProviderContract : public testing::TestWithParam<ProviderCase> {};

/// Those of the shared table, under the status with which this provider says yes.
inline std::vector<upstream::BadAnswer> with_status(std::vector<upstream::BadAnswer> answers, int status) {
  for (auto& answer : answers) {
    if (answer.status == 200 || answer.status == 201) answer.status = status;
  }
  return answers;
}

}  // namespace salam::sms
