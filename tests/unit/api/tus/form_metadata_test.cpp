// What a form may say of its files.
#include "api/tus/form_metadata.hpp"

#include <gtest/gtest.h>

namespace handin::tus {
namespace {

TEST(FormMetadata, Files) {
    const auto parsed = parse_form_metadata(
        R"({"files":[{"part":"a","filename":"ö.pdf","content_type":"application/pdf"},{"part":""}]})");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, (std::vector<FileFacts>{{"a", "ö.pdf", "application/pdf"}, {"", {}, {}}}));
    EXPECT_TRUE(parse_form_metadata(R"({"files":[]})")->empty());
}

TEST(FormMetadata, WhatHasNoPlaceIsRefused) {
    for (const auto* bad :
         {"", "[]", "x", "{}", R"({"file":[]})", R"({"files":{}})", R"({"files":[1]})",
          R"({"files":[{}]})", R"({"files":[{"filename":"a"}]})", R"({"files":[{"part":1}]})",
          R"({"files":[{"part":"a","name":"b"}]})", R"({"files":[{"part":"a"}],"more":1})",
          R"({"files":[{"part":"a","filename":null}]})"})
        EXPECT_FALSE(parse_form_metadata(bad)) << bad;
}

}  // namespace
}  // namespace handin::tus
