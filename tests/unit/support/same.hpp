// Whether two plain values agree in every field, also in those that are added one day.
#pragma once

#include <gtest/gtest.h>

#include <boost/pfr.hpp>
#include <concepts>
#include <optional>
#include <string>
#include <vector>

namespace handin::test {
namespace detail {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// The path to the first difference; empty if there is none.
template <class T>
std::string difference(const T& a, const T& b, const std::string& here) {
    if constexpr (is_vector<T>) {
        if (a.size() != b.size())
            return here + ".size() " + std::to_string(a.size()) + " and " +
                   std::to_string(b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            if (auto found = difference(a[i], b[i], here + "[" + std::to_string(i) + "]");
                !found.empty())
                return found;
        return "";
    } else if constexpr (is_optional<T>) {
        if (a.has_value() != b.has_value()) return here + ".has_value()";
        return a ? difference(*a, *b, "*" + here) : "";
    } else if constexpr (std::equality_comparable<T>) {
        return a == b ? "" : here;
    } else {
        std::string found;
        boost::pfr::for_each_field(a, [&](const auto& field, auto index) {
            if (found.empty())
                found = difference(field, boost::pfr::get<index>(b),
                                   here + ".field" + std::to_string(index));
        });
        return found;
    }
}

}  // namespace detail

// EXPECT_TRUE(same(a, b)): a failure tells which field (counted from 0) is the first to differ.
template <class T>
testing::AssertionResult same(const T& a, const T& b) {
    const auto found = detail::difference(a, b, "value");
    if (found.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "they differ in " << found;
}

}  // namespace handin::test
