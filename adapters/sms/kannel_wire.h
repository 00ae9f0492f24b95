#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/sms/kannel.h"
#include "adapters/sms/reply.h"

/// Kannel's sendsms contract without its transport.
namespace salam::sms::kannel {

/// The query of one `sendsms`, with its question mark: the text in UCS-2, and reports of every kind asked for under the message's id.
std::string send_query(const Message& message, const KannelSettings& settings);

/// What the reply to `sendsms` means. Only Kannel's own words count; everything unreadable is uncertain. "Not routable" is the Kannel's
/// configuration, not the receiver's fault.
Reply<SendOutcome> read_send(const HttpReply& reply, const Message& meant);

/// A delivery report from the decoded parameters of Kannel's call on `report_url`. Nothing where it is none: `id` or `status` missing,
/// given twice, or of no known kind. Reports repeat and come out of order (delivered before taken by the operator), so one that says
/// `on_the_way` must not undo another.
std::optional<DeliveryStatus> read_report(std::span<const std::pair<std::string, std::string>> parameters);

}  // namespace salam::sms::kannel
