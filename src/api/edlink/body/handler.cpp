#include "api/edlink/body/handler.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace handin::edlink::detail {

Handler::Key Handler::known_key(At at, std::string_view name) {
    using Entry = std::pair<std::string_view, Key>;
    static constexpr std::array body{Entry{"attachments", Key::attachments},
                                     Entry{"data", Key::body_data}};
    static constexpr std::array attachment{Entry{"type", Key::type},
                                           Entry{"title", Key::title},
                                           Entry{"description", Key::description},
                                           Entry{"url", Key::url},
                                           Entry{"part", Key::part},
                                           Entry{"upload_id", Key::upload_id},
                                           Entry{"size", Key::size},
                                           Entry{"data", Key::data},
                                           Entry{"text", Key::text},
                                           Entry{"parameters", Key::parameters}};
    static constexpr std::array buffer{Entry{"type", Key::type}, Entry{"data", Key::data}};

    std::span<const Entry> entries = attachment;
    if (at == At::body) entries = body;
    if (at == At::buffer) entries = buffer;
    for (const auto& [known, key] : entries) {
        if (known == name) return key;
    }
    return Key::unknown;
}

std::optional<std::string>& Handler::field(Key key) {
    AttachmentFields& fields = attachments_.back();
    switch (key) {
        case Key::title:
            return fields.title;
        case Key::description:
            return fields.description;
        case Key::url:
            return fields.url;
        case Key::part:
            return fields.part;
        case Key::upload_id:
            return fields.upload_id;
        default:
            return fields.type;
    }
}

// ---- brackets

bool Handler::on_object_begin(error_code& ec) {
    if (at_ == At::start) {
        at_ = At::body;
        return true;
    }
    if (in(At::list)) return begin_attachment(ec);
    if (in(At::buffer)) return wrong_type(ec);
    if (key_skips()) {
        ++skip_;
        return true;
    }
    if (at_ == At::attachment && key_ == Key::data) {
        at_ = At::buffer;
        in_buffer_ = true;
        buffer_is_list_ = false;
        buffer_keys_ = 0;
        return begin_data(ByteList::Form::object);
    }
    return wrong_type(ec);
}

bool Handler::on_object_end(std::size_t, error_code& ec) {
    if (skip_ > 0) {
        --skip_;
        return true;
    }
    if (at_ == At::buffer) {
        const Keys both = bit(Key::type) | bit(Key::data);
        at_ = At::attachment;
        in_buffer_ = false;
        return buffer_is_list_ || buffer_keys_ == both || refuse_buffer(ec);
    }
    if (at_ == At::attachment) {
        at_ = At::list;
        return true;
    }
    if (wrapped_ && !has_attachments()) {
        return fail(ec,
                    {Problem::Kind::wrapped_axios_call, "data",
                     "the body is an options object whose data holds the attachments, as "
                     "axios.post(url, {headers, data}) sends it; call axios.post(url, "
                     "{attachments: [...]}, {headers}) so that attachments is at the top level and "
                     "the headers are sent as headers"},
                    false);
    }
    return true;
}

bool Handler::on_array_begin(error_code& ec) {
    if (at_ == At::start && options_.in_form) {
        at_ = At::list;
        body_keys_ |= bit(Key::attachments);
        return true;
    }
    if (in(At::start) || in(At::list)) return wrong_type(ec);
    if (in(At::buffer)) {
        if (key_ != Key::data) return wrong_type(ec);
        at_ = At::data;
        return begin_data(ByteList::Form::array);
    }
    if (key_skips()) {
        ++skip_;
        return true;
    }
    if (at_ == At::body) {
        at_ = At::list;
        return true;
    }
    if (key_ != Key::data) return wrong_type(ec);
    at_ = At::data;
    return begin_data(ByteList::Form::array);
}

bool Handler::on_array_end(std::size_t, error_code&) {
    if (skip_ > 0) {
        --skip_;
    } else if (at_ == At::list) {
        at_ = At::body;
    } else {
        at_ = in_buffer_ ? At::buffer : At::attachment;
    }
    return true;
}

bool Handler::begin_attachment(error_code& ec) {
    if (attachments_.size() >= options_.max_attachments) {
        return fail(ec,
                    {Problem::Kind::too_long, "attachments",
                     "at most " + std::to_string(options_.max_attachments) + " are taken"},
                    true);
    }
    attachments_.emplace_back();
    attachment_keys_ = 0;
    at_ = At::attachment;
    return true;
}

bool Handler::begin_data(ByteList::Form form) {
    attachments_.back().has_data = true;
    opened_ = form;
    return true;
}

// ---- keys

bool Handler::on_key_part(boost::json::string_view s, std::size_t, error_code&) {
    if (std::exchange(name_complete_, false)) {
        name_.clear();
        name_cut_ = false;
    }
    const std::size_t room = max_key_bytes - name_.size();
    name_cut_ = name_cut_ || s.size() > room;
    name_.append(s.data(), std::min(s.size(), room));
    return true;
}

bool Handler::on_key(boost::json::string_view s, std::size_t n, error_code& ec) {
    on_key_part(s, n, ec);
    name_complete_ = true;
    if (skip_ > 0) {
        if (skip_ == 1 && key_ == Key::body_data && name_ == "attachments") wrapped_ = true;
        return true;
    }
    key_ = name_cut_ ? Key::unknown : known_key(at_, name_);
    if (key_ == Key::part && !options_.in_form) key_ = Key::unknown;
    if (key_ == Key::unknown && at_ == At::buffer) return refuse_buffer(ec);
    if (key_ == Key::unknown || key_ == Key::body_data) note_unexpected();
    if (key_ == Key::unknown) return true;

    Keys& met = at_ == At::body ? body_keys_ : at_ == At::buffer ? buffer_keys_ : attachment_keys_;
    if ((met & bit(key_)) != 0) {
        return fail(ec, {Problem::Kind::invalid_body, path(), "given more than once"}, true);
    }
    met |= bit(key_);
    return true;
}

void Handler::note_unexpected() {
    if (unexpected_.size() >= max_unexpected) return;
    std::string field = path();
    if (name_cut_) {  // at a character, not inside one
        while (!field.empty() && (field.back() & 0xC0) == 0x80)
            field.pop_back();
        if (!field.empty() && (field.back() & 0x80) != 0) field.pop_back();
        field += "...";
    }
    unexpected_.push_back(std::move(field));
}

// ---- values

bool Handler::on_string_part(boost::json::string_view s, std::size_t, error_code& ec) {
    if (in(At::attachment) && key_ == Key::text) {
        std::uint64_t& length = attachments_.back().text_bytes;
        if (s.size() > options_.max_text_bytes - length) {
            return too_long(ec, path(), options_.max_text_bytes);
        }
        length += s.size();
        output_.append(current(), Piece::Of::text, {s.data(), s.size()});
    } else if ((in(At::attachment) && is_field(key_)) || (in(At::buffer) && key_ == Key::type)) {
        if (s.size() > max_field_bytes - value_.size()) {
            return too_long(ec, path(), max_field_bytes);
        }
        value_.append(s.data(), s.size());
    }
    return true;
}

bool Handler::on_string(boost::json::string_view s, std::size_t n, error_code& ec) {
    if (!on_string_part(s, n, ec)) return false;
    if (in(At::buffer) && key_ == Key::type) {
        return std::exchange(value_, {}) == "Buffer" || refuse_buffer(ec);
    }
    if (in(At::attachment) && key_ == Key::text) {
        attachments_.back().has_text = true;
        return true;
    }
    if (in(At::attachment) && is_field(key_)) {
        all_fields_bytes_ += value_.size();
        if (all_fields_bytes_ > max_all_fields_bytes) {
            return fail(ec,
                        {Problem::Kind::too_long, path(),
                         "all types, titles, descriptions and urls together may have at most " +
                             std::to_string(max_all_fields_bytes) + " bytes"},
                        false);
        }
        field(key_) = value_;  // a copy without spare capacity; value_ keeps its own
        value_.clear();
        return true;
    }
    return scalar(ec);
}

bool Handler::on_int64(std::int64_t i, boost::json::string_view, error_code& ec) {
    if (!in(At::attachment) || key_ != Key::size) return scalar(ec);
    attachments_.back().size = i;
    return true;
}

bool Handler::on_null(error_code& ec) {
    const bool left_out =
        in(At::attachment) && (is_field(key_) || key_ == Key::size || key_ == Key::text);
    return left_out || scalar(ec);
}

// A value that is no bracket, and of no type that was hoped for.
bool Handler::scalar(error_code& ec) {
    return (key_skips() && (skip_ > 0 || at_ == At::body || at_ == At::attachment)) ||
           wrong_type(ec);
}

}  // namespace handin::edlink::detail
