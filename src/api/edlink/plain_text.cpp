#include "api/edlink/plain_text.hpp"

#include <array>
#include <utility>

#include "domain/text.hpp"

namespace handin::edlink {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEntities{{{"&amp;", "&"},
                                                                                  {"&lt;", "<"},
                                                                                  {"&gt;", ">"},
                                                                                  {"&quot;", "\""},
                                                                                  {"&#39;", "'"},
                                                                                  {"&nbsp;", " "}}};

// A tag begins as HTML says: a lone < is a character.
bool begins_tag(std::string_view rest) {
    if (rest.size() < 2 || rest[0] != '<') return false;
    const char c = domain::lower_case(rest[1]);
    return (c >= 'a' && c <= 'z') || c == '/' || c == '!';
}

class Writer {
 public:
    void add(std::string_view text) {
        for (const char c : text) {
            if (domain::is_space(c)) {
                space_ = !out_.empty();
                continue;
            }
            if (std::exchange(space_, false)) out_ += ' ';
            out_ += c;
        }
    }
    void separate() { space_ = !out_.empty(); }
    std::string take() { return std::move(out_); }

 private:
    std::string out_;
    bool space_ = false;
};

}  // namespace

std::string plain_text(std::string_view html) {
    Writer writer;
    while (!html.empty()) {
        if (begins_tag(html)) {
            const auto end = html.find('>');
            if (end == std::string_view::npos) break;
            html.remove_prefix(end + 1);
            writer.separate();
            continue;
        }
        std::size_t length = 1;
        auto text = html.substr(0, 1);
        for (const auto& [entity, character] : kEntities)
            if (html.starts_with(entity)) {
                length = entity.size();
                text = character;
            }
        writer.add(text);
        html.remove_prefix(length);
    }
    return writer.take();
}

}  // namespace handin::edlink
