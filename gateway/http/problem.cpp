#include "gateway/http/problem.h"

#include <algorithm>
#include <string>

#include "gateway/observe/json_text.h"

namespace salam::http {
namespace {

using observe::append_json_string;

void append_member(std::string& out, std::string_view name, std::string_view value) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void append_errors(std::string& out, const std::vector<FieldError>& errors) {
  out += ",\"errors\":[";
  for (const FieldError& error : errors) {
    if (out.back() != '[') out += ',';
    out += '{';
    if (error.parameter.empty()) {
      append_member(out, "pointer", error.pointer);
    } else {
      append_member(out, "parameter", error.parameter);
    }
    out += ',';
    append_member(out, "expected", error.expected);
    out += '}';
  }
  out += ']';
}

const ProblemKind& kind_of(std::string_view code) {
  const auto& kinds = problems();
  const auto found = std::ranges::find(kinds, code, &ProblemKind::code);
  return found == kinds.end() ? *std::ranges::find(kinds, "internal_error", &ProblemKind::code) : *found;
}

}  // namespace

Problem missing_scope() {
  return {.code = "missing_scope", .headers = {{"WWW-Authenticate", R"(Bearer realm="salam", error="insufficient_scope")"}}};
}

const std::vector<ProblemKind>& problems() {
  static const std::vector<ProblemKind> kinds = {
      // --- the caller ------------------------------------------------------------------------------------------------
      {"missing_key", 401, "No API key", "کلید دسترسی فرستاده نشده است", "Send the key as 'Authorization: Bearer <key>'.",
       "کلید را در سرآیند «Authorization: Bearer <key>» بفرستید."},
      {"unknown_key", 401, "Unknown API key", "کلید دسترسی شناخته نشد",
       "The key is not known or was revoked; ask the gateway's operator for a new one.",
       "این کلید شناخته‌شده نیست یا باطل شده است؛ از متصدی درگاه کلید تازه بگیرید."},
      {"missing_scope", 403, "The key does not allow this", "این کلید چنین اجازه‌ای ندارد",
       "The key lacks the scope that this action needs; ask the gateway's operator for a key that has it.",
       "این کلید دامنهٔ دسترسی لازم برای این کار را ندارد؛ از متصدی درگاه کلیدی با این دامنه بخواهید."},
      {"rate_limited", 429, "Too many requests with this key",
       "تعداد درخواست‌ها با این کلید بیش از حد است",
       "Wait for the time in Retry-After, then send again.", "به اندازهٔ زمان سرآیند Retry-After صبر کنید و دوباره بفرستید."},
      {"callback_refused", 403, "Not who it says it is", "فرستندهٔ این فراخوان شناخته نشد",
       "Neither the address's secret nor the signature and its time are those of a system that calls back here; ask the gateway's operator.",
       "نه راز نشانی و نه امضا و زمان آن با سامانه‌ای که اینجا فراخوان می‌فرستد نمی‌خواند؛ از متصدی درگاه بپرسید."},
      {"callback_unreadable", 422, "The callback cannot be read", "این فراخوان خوانده نشد",
       "See `errors` for what was expected. Nothing of it was taken.",
       "در errors آمده است که چه انتظار می‌رفت. چیزی از آن پذیرفته نشد."},
      // --- the gateway's state ---------------------------------------------------------------------------------------
      {"overloaded", 429, "Too much at once", "درگاه در این لحظه پرکار است",
       "Nothing was stored. Wait for the time in Retry-After, then send again.",
       "چیزی ذخیره نشد. به اندازهٔ زمان سرآیند Retry-After صبر کنید و دوباره بفرستید."},
      {"shutting_down", 503, "The gateway is shutting down", "درگاه در حال خاموش شدن است", "Nothing was stored. Send again in a moment.",
       "چیزی ذخیره نشد. لحظه‌ای دیگر دوباره بفرستید."},
      {"timed_out", 503, "The answer took too long", "آماده شدن پاسخ بیش از حد طول کشید",
       "It is not known whether this was stored. Send the same again: it is stored once only.",
       "روشن نیست که این درخواست ذخیره شده باشد. همان را دوباره بفرستید؛ تنها یک بار ذخیره می‌شود."},
      {"storage_full", 507, "No room to store this", "جایی برای ذخیره نمانده است",
       "Nothing was stored. The operator must make room; then send again.", "چیزی ذخیره نشد. متصدی باید جا باز کند؛ سپس دوباره بفرستید."},
      {"storage_unavailable", 503, "The store cannot be written", "نوشتن در پایگاه داده ممکن نیست",
       "Nothing was stored. Wait for the time in Retry-After, then send again.",
       "چیزی ذخیره نشد. به اندازهٔ زمان سرآیند Retry-After صبر کنید و دوباره بفرستید."},
      {"internal_error", 500, "A defect in the gateway", "خطای داخلی درگاه",
       "It is not known whether this was stored. Send the same again: it is stored once only. The operator finds the cause in the log.",
       "روشن نیست که این درخواست ذخیره شده باشد. همان را دوباره بفرستید؛ تنها یک بار ذخیره می‌شود. متصدی علت را در گزارش رویدادها می‌بیند."},
      // --- HTTP ------------------------------------------------------------------------------------------------------
      {"not_found", 404, "No such address", "چنین نشانی‌ای نیست",
       "Nothing is served at this path; see the API description.",
       "در این مسیر چیزی ارائه نمی‌شود؛ شرح رابط برنامه‌نویسی را ببینید."},
      {"method_not_allowed", 405, "Method not allowed here", "این روش در این نشانی پذیرفته نیست",
       "Use one of the methods in the Allow header.", "یکی از روش‌های سرآیند Allow را به کار ببرید."},
      {"unsupported_media_type", 415, "Media type not supported", "نوع محتوا پشتیبانی نمی‌شود",
       "Send the body as the media type in the Accept header, in UTF-8 and not compressed.",
       "محتوا را از نوعی که در سرآیند Accept آمده، با UTF-8 و بدون فشرده‌سازی بفرستید."},
      {"body_too_large", 413, "Body too large", "محتوا بیش از اندازه بزرگ است",
       "Send less at once; the limit for this address is in 'limit', in bytes.",
       "در هر بار کمتر بفرستید؛ اندازهٔ مجاز این نشانی، به بایت، در «limit» آمده است."},
      {"header_too_large", 431, "Header too large", "سرآیند بیش از اندازه بزرگ است", "Send fewer or shorter header fields.",
       "سرآیندهای کمتر یا کوتاه‌تری بفرستید."},
      {"header_timeout", 408, "The header took too long", "رسیدن سرآیند بیش از حد طول کشید", "Send the whole header at once.",
       "همهٔ سرآیند را یک‌جا بفرستید."},
      {"body_timeout", 408, "The body took too long", "رسیدن محتوا بیش از حد طول کشید", "Nothing was stored. Send again.",
       "چیزی ذخیره نشد. دوباره بفرستید."},
      {"bad_request", 400, "Not a proper HTTP request", "درخواست HTTP درست نیست",
       "The request line, a header field or the framing of the body is malformed.",
       "سطر درخواست، یکی از سرآیندها یا چارچوب محتوا نادرست است."},
      {"host_invalid", 400, "Host missing, repeated or malformed", "سرآیند Host نیست، تکراری یا نادرست است",
       "Send exactly one Host header.", "دقیقاً یک سرآیند Host بفرستید."},
      {"transfer_encoding_unsupported", 501, "Transfer coding not supported", "شیوهٔ انتقال پشتیبانی نمی‌شود",
       "Send the body with Content-Length or with 'Transfer-Encoding: chunked' alone.",
       "محتوا را با Content-Length یا تنها با «Transfer-Encoding: chunked» بفرستید."},
      {"http_version_unsupported", 505, "HTTP version not supported", "این نسخهٔ HTTP پشتیبانی نمی‌شود",
       "Use HTTP/1.1.", "از HTTP/1.1 استفاده کنید."},
      // --- what was sent ---------------------------------------------------------------------------------------------
      {"json_invalid", 400, "Not valid JSON", "محتوا JSON درست نیست", "The body must be one JSON document in UTF-8 (RFC 8259).",
       "محتوا باید یک سند JSON با UTF-8 باشد (RFC 8259)."},
      {"schema_violation", 422, "The content is not as agreed", "محتوا مطابق قرارداد نیست",
       "See 'errors' for each place and what is expected there.",
       "هر جای نادرست و آنچه آنجا انتظار می‌رود در «errors» آمده است."},
      {"parameter_invalid", 400, "A parameter is not valid", "یکی از پارامترها نادرست است",
       "Correct the path or query parameter named in 'errors'.", "پارامتری را که در «errors» آمده درست کنید."},
      {"page_token_invalid", 400, "The page token is not valid", "نشانهٔ صفحه نادرست است",
       "Use the next_page_token of the page before, with the same filters, or start from the first page.",
       "از next_page_token صفحهٔ پیشین با همان پالایه‌ها استفاده کنید یا از صفحهٔ نخست آغاز کنید."},
      {"idempotency_key_missing", 400, "No Idempotency-Key", "سرآیند Idempotency-Key فرستاده نشده است",
       "This action needs an Idempotency-Key header, new for each action and the same when it is sent again.",
       "این کار سرآیند Idempotency-Key می‌خواهد؛ برای هر کار یک مقدار تازه و در ارسال دوباره همان مقدار."},
      {"idempotency_key_reused", 422, "The Idempotency-Key was used for something else",
       "این Idempotency-Key پیش‌تر برای کار دیگری به کار رفته است", "Take a new key for a new action.",
       "برای کار تازه، کلید تازه‌ای بگذارید."},
      {"idempotency_in_progress", 409, "The same action is still being carried out", "همین کار هنوز در حال انجام است",
       "Wait a moment, then send the same again.", "لحظه‌ای صبر کنید و همان را دوباره بفرستید."},
      // --- requests and meetings -------------------------------------------------------------------------------------
      {"form_reused", 409, "The form number is taken by other content",
       "این شمارهٔ فرم پیش‌تر با محتوای دیگری ثبت شده است",
       "Compare with the request that is linked; 'errors' names what differs. A second request on the same form needs its own item number.",
       "با درخواستی که پیوندش آمده مقایسه کنید؛ تفاوت‌ها در «errors» آمده است. درخواست دوم همان فرم، شمارهٔ ردیف جداگانه می‌خواهد."},
      {"unknown_meeting", 422, "Unknown meeting", "این دیدار شناخته‌شده نیست",
       "Make the meeting known first: PUT /v1/meetings/{id} with region, mosque and date.",
       "نخست دیدار را با منطقه، مسجد و تاریخ معرفی کنید: PUT /v1/meetings/{id}."},
      {"meeting_not_found", 404, "No such meeting", "چنین دیداری ثبت نشده است", "Check the meeting's id.", "شناسهٔ دیدار را بررسی کنید."},
      {"meeting_has_requests", 409, "The meeting already has requests",
       "برای این دیدار پیش‌تر درخواست ثبت شده است",
       "The region of a meeting that has requests cannot be changed.",
       "منطقهٔ دیداری را که درخواست دارد نمی‌توان عوض کرد."},
      {"sheet_type", 415, "Not a CSV or XLSX file that can be taken", "این پرونده CSV یا XLSX پذیرفتنی نیست",
       "See 'why', for officers; save it in the spreadsheet program as XLSX, without macros and without a password.",
       "علت در «why» آمده است؛ آن را در اکسل به صورت xlsx، بی ماکرو و بی رمز، ذخیره کنید."},
      {"sheet_damaged", 422, "The spreadsheet cannot be read", "پروندهٔ سطرها خوانده نشد",
       "See 'why', for officers; save it anew in the spreadsheet program. Nothing was taken in.",
       "علت در «why» آمده است؛ آن را در اکسل دوباره ذخیره کنید. چیزی ثبت نشد."},
      {"sheet_too_large", 413, "The spreadsheet holds too much", "پروندهٔ سطرها بیش از اندازه بزرگ است",
       "See 'why', for officers; split it. Nothing was taken in.", "علت در «why» آمده است؛ آن را چند پرونده کنید. چیزی ثبت نشد."},
      {"sheet_headings", 422, "Headings are missing", "سرستون‌های لازم پیدا نشد",
       "See 'why', for officers: what is missing and what was found. GET /v1/import-template has them all. Nothing was taken in.",
       "آنچه نیست و آنچه پیدا شد در «why» آمده است؛ پروندهٔ نمونه: GET /v1/import-template. چیزی ثبت نشد."},
      {"sheet_empty", 422, "The spreadsheet holds no line", "در پرونده سطری نیست", "See 'why', for officers. Nothing was taken in.",
       "علت در «why» آمده است. چیزی ثبت نشد."},
      {"unknown_deadline", 404, "No such deadline of a meeting", "دیدار چنین مهلتی ندارد",
       "A meeting's steps are registered, sorted, letter_sent, progress_reported and results_shown.",
       "گام‌های هر دیدار registered، sorted، letter_sent، progress_reported و results_shown است."},
      {"deadline_met", 409, "Somebody has recorded this already", "این کار پیش‌تر ثبت شده است",
       "It stands as 'met_by' and 'met_at' say. Nothing was changed.",
       "نام ثبت‌کننده و زمان آن در «met_by» و «met_at» آمده است. چیزی تغییر نکرد."},
      {"unknown_report", 404, "No such report", "چنین گزارشی نیست",
       "A meeting's reports are close-out, week, progress, results and before.",
       "گزارش‌های هر دیدار close-out، week، progress، results و before است."},
      {"report_failed", 500, "The report could not be written", "گزارش نوشته نشد",
       "Nothing was changed. Ask again in a moment; the operator finds the cause, such as a full disk, in the log.",
       "چیزی تغییر نکرد. لحظه‌ای دیگر دوباره بخواهید؛ متصدی علت را، مانند پر شدن دیسک، در گزارش رویدادها می‌بیند."},
      {"form_in_use", 409, "A request was typed in under this form's number",
       "با شمارهٔ این برگه پیش‌تر درخواست ثبت شده است",
       "It has another code than a slip could carry. Nothing was printed: choose other numbers than the one in 'form'.",
       "آن درخواست کد دیگری دارد. چیزی چاپ نشد؛ شماره‌هایی جز آنچه در «form» آمده است برگزینید."},
      {"invitation_not_found", 404, "The meeting has no invitation",
       "برای این دیدار دعوت‌نامه‌ای نوشته نشده است",
       "Draw one up first: PUT /v1/meetings/{id}/invitation with date, time and the name of who does it.",
       "نخست آن را با تاریخ، ساعت و نام نویسنده بنویسید: PUT /v1/meetings/{id}/invitation."},
      {"invitation_date_past", 422, "The session's day has passed", "روز جلسه گذشته است",
       "Nobody was invited. Put the invitation with a day from today on.",
       "کسی دعوت نشد. دعوت‌نامه را با تاریخ امروز یا روزی پس از آن دوباره بنویسید."},
      {"invitation_too_long", 422, "The invitation is too long", "متن دعوت‌نامه بیش از اندازه بلند است",
       "Make the text shorter: with its date and place it may take 3 SMS parts, 201 characters in Persian. 'errors' says how many it takes.",
       "متن را کوتاه کنید؛ با تاریخ و مکان، بیش از ۳ بخش پیامک (۲۰۱ نویسهٔ فارسی) نباید بشود. شمار بخش‌ها در «errors» آمده است."},
      {"nobody_to_invite", 409, "Nobody is left to invite", "کسی برای دعوت نمانده است",
       "Every mobile number of the meeting's requests was invited before, or there is none. Nothing was sent; who has no number must be called.",
       "همهٔ شماره‌های همراه درخواست‌های این دیدار پیش‌تر دعوت شده‌اند یا شماره‌ای در دست نیست. چیزی فرستاده نشد؛ کسانی را که شماره ندارند تلفنی خبر کنید."},
      {"unknown_request", 404, "No such request", "چنین درخواستی ثبت نشده است", "Check the request's id.", "شناسهٔ درخواست را بررسی کنید."},
      {"unknown_code", 404, "No such tracking code", "چنین کد پیگیری‌ای ثبت نشده است",
       "Check the code's digits on the slip or in the text message.",
       "رقم‌های کد را با برگهٔ رسید یا پیامک مقایسه کنید."},
      {"not_settleable", 409, "Nothing to settle this way",
       "این درخواست را اکنون نمی‌توان چنین تعیین تکلیف کرد",
       "The request is not in a state that this action settles; look at it again.",
       "درخواست در وضعیتی نیست که با این کار تعیین تکلیف شود؛ دوباره آن را ببینید."},
      {"code_taken", 409, "The code belongs to another request", "این کد از آنِ درخواست دیگری است",
       "Check the code: the same system gave it to another request.", "کد را بررسی کنید؛ همین سامانه آن را به درخواست دیگری داده است."},
      {"overtaken", 409, "Changed in the meantime", "در این میان تغییر کرده است", "Look at the request again, then decide anew.",
       "درخواست را دوباره ببینید و از نو تصمیم بگیرید."},
      {"version_mismatch", 412, "Changed since it was read", "از زمان خوانده شدن تغییر کرده است",
       "Read it again and repeat the change with the new ETag in If-Match.",
       "دوباره آن را بخوانید و تغییر را با ETag تازه در If-Match تکرار کنید."},
      {"if_match_missing", 428, "No If-Match", "سرآیند If-Match فرستاده نشده است",
       "Read the request and send its ETag in If-Match, so that nobody else's change is overwritten.",
       "درخواست را بخوانید و ETag آن را در If-Match بفرستید تا تغییر دیگری از میان نرود."},
      {"not_in_review", 409, "It does not wait for a review", "این درخواست در انتظار بررسی نیست",
       "'decision', 'reviewed_by' and 'reviewed_at' say what was decided and by whom, where it was reviewed; look at it again.",
       "اگر بررسی شده باشد، تصمیم و نام و زمان در «decision»، «reviewed_by» و «reviewed_at» آمده است؛ دوباره آن را ببینید."},
      {"already_answered", 409, "It has been answered", "به این درخواست پاسخ داده شده است",
       "'answered_by' and 'answered_at' say by whom and when; nothing was sent.",
       "نام و زمان در «answered_by» و «answered_at» آمده است؛ چیزی فرستاده نشد."},
      {"already_closed", 409, "It was closed", "این درخواست بسته شده است",
       "'closed_as', 'closed_by' and 'closed_at' say how, by whom and when.",
       "چگونگی، نام و زمان در «closed_as»، «closed_by» و «closed_at» آمده است."},
      {"no_mobile", 409, "No mobile number to text to", "شمارهٔ همراهی برای پیامک در دست نیست",
       "Answer by phone or in person, or correct the number first.", "تلفنی یا حضوری پاسخ دهید یا نخست شماره را اصلاح کنید."},
      {"registration_under_way", 409, "It is being registered at this moment", "این درخواست در حال ثبت است",
       "Whether the system has it is not known yet; try again when it is.",
       "هنوز روشن نیست که در سامانه ثبت شده باشد؛ پس از روشن شدن دوباره بکوشید."},
      {"due_before_meeting", 422, "Due before its meeting", "مهلت پیش از روز دیدار است", "Give a day on or after the meeting's.",
       "روزی برابر یا پس از روز دیدار بدهید."},
      {"unknown_unit", 422, "Not one of the city's units", "این واحد در فهرست واحدهای شهرداری نیست",
       "Take one of GET /v1/units; the list stands in working_group.units of the gateway's configuration.",
       "یکی از واحدهای GET /v1/units را بدهید؛ فهرست در working_group.units پیکربندی درگاه است."},
      {"unfit_twin", 422, "Not a request that this one can be the twin of", "این درخواست نمی‌تواند همتا باشد",
       "Give the id of another request that was not closed itself.", "شناسهٔ درخواست دیگری را بدهید که خود بسته نشده باشد."},
      // --- attachments -----------------------------------------------------------------------------------------------
      {"attachment_type", 415, "Not a file of the announced type", "پرونده از نوع اعلام‌شده نیست",
       "Send a JPEG, PNG or WebP picture or a PDF with its own Content-Type; 'why' says what came.",
       "تصویر JPEG، PNG یا WebP یا پروندهٔ PDF را با Content-Type درست بفرستید؛ آنچه رسیده در «why» آمده است."},
      {"too_many_attachments", 409, "The request has as many attachments as it may", "این درخواست به بیشترین شمار پیوست رسیده است",
       "Nothing was stored; leave out what is not needed.", "چیزی ذخیره نشد؛ آنچه لازم نیست را نفرستید."},
      {"link_not_allowed", 422, "The link may not be handed on", "این پیوند پذیرفته نیست",
       "See 'why'; hosts are allowed by attachments.link_hosts in the gateway's configuration. Or send the file itself.",
       "علت در «why» آمده است؛ میزبان‌های مجاز در attachments.link_hosts پیکربندی درگاه هستند. یا خود پرونده را بفرستید."},
      {"unknown_attachment", 404, "No such attachment", "چنین پیوستی نیست",
       "Check the digest; a link has no file here. Where the file was lost, `salam-gateway audit` says so.",
       "شناسهٔ پیوست را بررسی کنید؛ پیوند، پرونده‌ای در اینجا ندارد. پروندهٔ گم‌شده را `salam-gateway audit` نشان می‌دهد."},
      // --- events ----------------------------------------------------------------------------------------------------
      {"relay_not_refused", 409, "No refused event at this position", "در این جایگاه رویداد ردشده‌ای نیست",
       "Publishing does not stand before an event at this position; see refused_position in /health.",
       "انتشار رویدادها در این جایگاه نایستاده است؛ refused_position را در /health ببینید."},
  };
  return kinds;
}

Response to_response(const Problem& problem, bool persian) {
  const ProblemKind& kind = kind_of(problem.code);
  std::string body = "{";
  append_member(body, "type", "urn:salam:problem:" + std::string(kind.code));
  body += ',';
  append_member(body, "title", persian ? kind.title_fa : kind.title);
  body += ",\"status\":" + std::to_string(kind.status) + ',';
  append_member(body, "code", kind.code);
  body += ',';
  append_member(body, "detail", persian ? kind.detail_fa : kind.detail);
  for (const auto& [name, value] : problem.members) {
    body += ',';
    append_member(body, name, value);
  }
  if (!problem.errors.empty()) append_errors(body, problem.errors);
  body += '}';
  Response response{kind.status, "application/problem+json", problem.headers, std::move(body)};
  response.headers.emplace_back("Content-Language", persian ? "fa" : "en");
  const bool may_be_sent_again = kind.status == 429 || kind.status == 503;
  if (may_be_sent_again &&
      std::ranges::find(problem.headers, "Retry-After", &std::pair<std::string, std::string>::first) == problem.headers.end()) {
    response.headers.emplace_back("Retry-After", "1");
  }
  return response;
}

}  // namespace salam::http
