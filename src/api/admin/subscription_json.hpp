// Subscriptions and deliveries as JSON.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>

#include "outbox/subscriptions.hpp"

namespace handin::admin {

enum class Secret : std::uint8_t { hidden, shown };

boost::json::object shown(const store::Subscription& subscription, Secret secret = Secret::hidden);
// For the audit: where it goes to without what may be a secret, only the start of the URL.
std::string audit_detail(const store::Subscription& subscription);
boost::json::object shown(const store::Delivery& delivery);
boost::json::object shown(const events::Outcome& outcome);

// A body that says what a subscription should be like.
std::expected<outbox::SubscriptionWish, outbox::Problem> parse_wish(const std::string& body);

}  // namespace handin::admin
