// Pulling parts out of a body that arrives in pieces.
#include "http/multipart.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/run_task.hpp"

namespace handin::http::test {
namespace {

class PiecesBody final : public Body {
 public:
    PiecesBody(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}
    task<std::string_view> read() override {
        last_.assign(text_.substr(0, piece_));  // overwrites the one before, as the wire does
        text_.remove_prefix(last_.size());
        ++reads;
        co_return last_;
    }
    std::optional<std::uint64_t> length() const override { return std::nullopt; }
    Time received_at() const override { return {}; }

    int reads = 0;

 private:
    std::string_view text_;
    std::size_t piece_;
    std::string last_;
};

const std::string kBody =
    "--b\r\nContent-Disposition: form-data; name=one; filename=1.txt\r\n\r\nfirst\r\n--\r\n"
    "--b\r\nContent-Disposition: form-data; name=two\r\n\r\n\r\n"
    "--b\r\nContent-Disposition: form-data; name=three\r\n\r\nthird\r\n--b--\r\n";

task<std::string> transcript(PiecesBody* body, bool skip_first) {
    MultipartReader reader(*body, "b");
    std::string text;
    for (;;) {
        const auto part = co_await reader.next_part();
        if (!part) co_return text + "!" + part.error().message;
        if (!*part) co_return text + "end";
        text += (*part)->name + "(" + (*part)->filename.value_or("") + ")=";
        const bool skip = skip_first && (*part)->name == "one";
        for (;;) {
            const auto bytes = co_await reader.read();
            if (!bytes) co_return text + "!" + bytes.error().message;
            if (bytes->empty()) break;
            text += *bytes;
            if (skip) break;
        }
        const auto after = co_await reader.read();
        if (!skip && !after->empty()) text += "more than its end";
        text += ';';
    }
}

TEST(MultipartReader, PartsInOrder) {
    for (std::size_t piece = 1; piece < 300; ++piece) {
        PiecesBody body(kBody, piece);
        EXPECT_EQ(handin::test::run(transcript(&body, false)),
                  "one(1.txt)=first\r\n--;two()=;three()=third;end")
            << piece;
    }
}

TEST(MultipartReader, SkipsWhatIsNotRead) {
    PiecesBody body(kBody, 70);
    const auto text = handin::test::run(transcript(&body, true));
    EXPECT_TRUE(text.ends_with(";two()=;three()=third;end")) << text;
}

TEST(MultipartReader, ReadsNoFurtherThanAsked) {
    PiecesBody body(kBody, 70);  // the first part's head is in the first piece
    MultipartReader reader(body, "b");
    EXPECT_EQ(body.reads, 0);
    ASSERT_TRUE(handin::test::run(reader.next_part()));
    EXPECT_EQ(body.reads, 1);
}

TEST(MultipartReader, ProblemsAreValuesAndStay) {
    const auto cut = kBody.substr(0, kBody.size() - 8);
    PiecesBody body(cut, 50);
    const auto text = handin::test::run(transcript(&body, false));
    EXPECT_TRUE(text.ends_with("!the body ends before its closing boundary")) << text;

    PiecesBody empty("", 1);
    MultipartReader reader(empty, "b");
    for (int i = 0; i < 2; ++i)
        EXPECT_FALSE(handin::test::run(reader.next_part()));
}

}  // namespace
}  // namespace handin::http::test
