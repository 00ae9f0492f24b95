#pragma once

#include "gateway/paper/form_template.h"

namespace salam::paper {

struct Settings {
  FormTemplate form = FormTemplate::standard();
  TrackingAddress tracking;
};

}  // namespace salam::paper
