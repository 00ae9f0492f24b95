#include "tests/simulation/clients.h"

#include <utility>

namespace salam::simulation {
namespace {

constexpr char desk_mark = 'd';

using std::chrono::seconds;

store::Intake intake_of(const std::string& form, const std::string& content) {
  store::Intake intake{.form_item = {.meeting = "m", .form = form, .item = 1},
                       .received_from = "simulation",
                       .original = content,
                       .fingerprint = content,
                       .content = {.region = *Region::from_number(5)},
                       .route = {},
                       .citizen_hash = {},
                       .traceparent = {},
                       .first_change = {}};
  if (const auto mobile = Clients::mobile_of(form); !mobile.empty()) intake.content.citizen.mobile = Sensitive<std::string>(mobile);
  if (form.back() == desk_mark) intake.route.system = System::service_desk;
  return intake;
}

}  // namespace

std::string Clients::mobile_of(const std::string& form) {
  const auto number = form.substr(0, form.find(desk_mark));
  return number.back() == '3' ? "" : "+98913" + std::string(7 - number.size(), '0') + number;
}

void Clients::start() {
  for (int form = 0; form < scenario_.requests; ++form) {
    hand_in(world_.dice.between({}, scenario_.intake_lasts), world_.dice.chance(0.1) ? System::service_desk : System::system137);
  }
}

void Clients::hand_in(Milliseconds at, System system) {
  auto form = std::to_string(1000 + forms_++);
  if (system == System::service_desk) form += desk_mark;
  const auto content = "what form " + form + " says";
  post_at(at, form, content);
  if (world_.dice.chance(0.05)) {
    world_.counts.add(Happened::form_repeated);
    post_at(at + world_.dice.between({}, seconds(30)), form, content);
  }
  if (world_.dice.chance(0.03)) {
    world_.counts.add(Happened::form_conflicting);
    post_at(at + world_.dice.between({}, seconds(30)), form, "what another reads on form " + form);
  }
}

void Clients::post_at(Milliseconds at, const std::string& form, const std::string& content) {
  ++posted_;
  world_.after(at, outside, [this, one = std::make_shared<Post>(Post{form, content})] { post(one); });
}

void Clients::post(const std::shared_ptr<Post>& one) {
  if (one->answered) return;
  world_.after(seconds(15), outside, [this, one] { post(one); });
  if (trouble()) {
    world_.counts.add(Happened::intake_lost);
    return;
  }
  world_.after(network(), outside, [this, one] { arrive(one); });
}

void Clients::arrive(const std::shared_ptr<Post>& one) {
  auto* gateway = gateway_();
  if (gateway == nullptr) return;
  gateway->accept(intake_of(one->form, one->content), [this, one](const store::AcceptOutcome& outcome) {
    if (const auto* accepted = std::get_if<store::Accepted>(&outcome)) wait_for_code(accepted->record.request.key, one->form);
    if (trouble()) {
      world_.counts.add(Happened::receipt_lost);
      return;
    }
    // On its way it no longer needs the gateway.
    world_.after(network(), outside, [this, one, outcome] { receive(one, outcome); });
  });
}

void Clients::wait_for_code(RequestKey key, const std::string& form) {
  if (!world_.dice.chance(0.1)) return;
  gateway_()->driver().await_registration(key, seconds(2), [this, form](const std::optional<Record>& record) {
    if (!record || record->request.registration.state != RegistrationState::registered) return;
    world_.counts.add(Happened::waited_for_code);
    slips_.push_back({form, record->request.registration.code});
  });
}

void Clients::receive(const std::shared_ptr<Post>& one, const store::AcceptOutcome& outcome) {
  if (one->answered || std::holds_alternative<Error>(outcome)) return;
  one->answered = true;
  ++answered_;
  Receipt receipt{
      .form = one->form, .content = one->content, .conflict = std::holds_alternative<store::Conflict>(outcome), .id = {}, .code = {}};
  std::visit(
      [&]<class T>(const T& answer) {
        if constexpr (!std::is_same_v<T, Error>) {
          receipt.id = answer.record.request.id.to_string();
          receipt.code = answer.record.request.code.digits();
        }
      },
      outcome);
  world_.tell("client: form {} {} {} {}", receipt.form, receipt.conflict ? "conflicts with" : "is", receipt.id, receipt.code);
  receipts_.push_back(std::move(receipt));
}

}  // namespace salam::simulation
