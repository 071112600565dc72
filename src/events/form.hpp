// How an event is put into words for those who subscribe. A port: a form is a folder beside this.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "domain/event.hpp"

namespace handin::events {

struct Shown {
    std::string name;  // what Canvas calls such an event: subscriptions choose by it
    boost::json::object payload;
};

class Form {
 public:
    virtual ~Form() = default;
    // nullopt: the form has no words for it. The same words every time: after a power cut it is
    // asked again, and a receiver may have the first.
    virtual std::optional<Shown> show(const domain::Event& event) const = 0;
    // Something to try a subscription with, of no submission.
    virtual boost::json::object sample(Time now) const = 0;
    // Of what is not signed.
    virtual std::string_view content_type() const { return "application/json"; }
    // Whether it is put into a JWS where a subscription wants what it gets signed.
    virtual bool in_jws() const { return true; }
};

// By name; null: there is no such form.
const Form* find_form(std::string_view name);

}  // namespace handin::events
