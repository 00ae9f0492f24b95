#pragma once

#include "gateway/domain/time.h"
#include "gateway/reports/basis.h"
#include "gateway/reports/sink.h"

/// The reports that the by-law wants and those that officers need, each told to a sink from beginning to end. They read in pages and
/// remember no request, so that a hundred thousand take no more memory than a hundred, but for a key of 8 bytes each.
namespace salam::reports {

/// The evening's close-out: forms printed, distributed, collected, typed, registered, told; missing form numbers; whom to call.
void close_out(const Basis& basis, const store::MeetingRecord& meeting, Sink& sink);
/// Within a week: the covering letter and the set table of all requests.
void week(const Basis& basis, const store::MeetingRecord& meeting, Sink& sink);
/// Within a month: the progress of all requests, for the policy council.
void progress(const Basis& basis, const store::MeetingRecord& meeting, Sink& sink);
/// Within three months: the results, by subject and by unit, and what is still open.
void results(const Basis& basis, const store::MeetingRecord& meeting, Sink& sink);
/// Before a meeting: how the region's former requests fared, and what was promised in that mosque.
void before(const Basis& basis, const store::MeetingRecord& meeting, Sink& sink);

/// Meetings from one day to another, both included.
struct Period {
  Date from;
  Date to;
};
/// For the monthly council: all regions at a glance.
void regions(const Basis& basis, const Period& period, Sink& sink);

}  // namespace salam::reports
