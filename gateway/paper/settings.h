#pragma once

#include "gateway/paper/form_template.h"
#include "gateway/paper/slide_template.h"

namespace salam::paper {

struct Settings {
  FormTemplate form = FormTemplate::standard();
  SlideTemplate slides = SlideTemplate::standard();
  TrackingAddress tracking;
};

}  // namespace salam::paper
