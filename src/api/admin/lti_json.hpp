// Subscriptions in the shape of Canvas's LTI API.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>
#include <string_view>

#include "domain/roster.hpp"
#include "outbox/subscriptions.hpp"

namespace handin::admin {

// False: this shape has no words for its form or transport.
bool lti_has_words(const store::Subscription& subscription);
boost::json::object lti_shown(const store::Subscription& subscription,
                              const domain::Account& account);

// {"subscription":{…}}, or the same as a form: subscription[EventTypes][]=… An error is a sentence
// for the caller. What is told is everything, so the context must be the account.
std::expected<outbox::SubscriptionWish, std::string> parse_lti(std::string_view content_type,
                                                               const std::string& body,
                                                               const domain::Account& account);

}  // namespace handin::admin
