#pragma once

#include <string>

#include "gateway/app/api_client.h"

/// What officers do in a terminal, over the API of the running gateway. They print Persian, and return the exit code: 0 done, 1 it failed.
namespace salam::app {

struct DueQuestion {
  std::string region;
  std::string officer;
  std::string before;  ///< RFC 3339.
  int most = 100;      ///< Lines.
};
/// What must be reviewed or answered, soonest first.
int due(const ApiAccess& access, const DueQuestion& question);

/// A decision about the request under this tracking code, the gateway's or a system's.
struct Decision {
  std::string code;
  std::string decision;  ///< Of a review; as in `schemas/intake/review.json`.
  std::string category;
  std::string channel;
  std::string text;
  std::string twin;  ///< The other request's tracking code.
  std::string by;
  std::string note;
};
int review(const ApiAccess& access, const Decision& decision);
int answer(const ApiAccess& access, const Decision& decision);

/// What the applicants of a meeting are texted before its results are shown to them.
struct InvitationOrder {
  std::string meeting;
  std::string date;
  std::string time;
  std::string place;
  std::string text;
  std::string by;
  bool approve = false;  ///< Else it is only shown what would be sent.
};
int invite(const ApiAccess& access, const InvitationOrder& order);

/// Forms to print, each with a code on a slip to tear off.
struct FormsOrder {
  std::string meeting;
  int from = 1;
  int count = 100;
  std::string out;  ///< The file that gets the page.
};
int forms(const ApiAccess& access, const FormsOrder& order);

/// A report, written as its file's ending says.
struct ReportOrder {
  std::string report;   ///< `week` …
  std::string meeting;  ///< Of all reports but `regions`.
  std::string from;     ///< Days, of `regions`; empty: the last year.
  std::string to;
  std::string table;  ///< Of a CSV file.
  bool personal = false;
  std::string out;
};
int report(const ApiAccess& access, const ReportOrder& order);

}  // namespace salam::app
