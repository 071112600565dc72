// What the head of a part says, as browsers, curl, Python, mail programs and attackers write it.
#include "http/part_head.hpp"

#include "http/multipart_reading.hpp"

namespace handin::http::test {
namespace {

using Kind = MultipartProblem::Kind;

TEST(PartHead, Names) {
    const struct {
        std::string_view parameters, name;
        std::optional<std::string> filename;
    } cases[] = {
        {R"(name=a)", "a", {}},
        {R"(name="")", "", {}},
        {R"(name="a b")", "a b", {}},
        {R"(name=a; filename=x.txt)", "a", "x.txt"},
        {R"(name="a"; filename="")", "a", ""},
        {R"(filename="x.txt"; name="a")", "a", "x.txt"},
        {R"(name="a";filename="x;y=z.txt")", "a", "x;y=z.txt"},
        {R"(name="a"; size=3; filename="x.txt";)", "a", "x.txt"},
        // Quotes: RFC 9110 (curl before 7.81, Python), and as browsers do it.
        {R"(name="a\"b"; filename="say \"hi\".txt")", "a\"b", "say \"hi\".txt"},
        {R"(name="a%22b"; filename="say %22hi%22.txt")", "a\"b", "say \"hi\".txt"},
        {R"(name="a"; filename="100%25.txt")", "a", "100%25.txt"},
        // Letters of every script, raw (browsers, curl) or encoded (Python requests before 2.32).
        {"name=\"a\"; filename=\"Hausarbeit Müller.pdf\"", "a", "Hausarbeit Müller.pdf"},
        {"name=\"ü\"; filename=\"\xf0\x9f\x8e\x93 论文.pdf\"", "ü", "\xf0\x9f\x8e\x93 论文.pdf"},
        {R"(name=a; filename*=UTF-8''M%C3%BCller%20%F0%9F%8E%93.pdf)", "a",
         "Müller \xf0\x9f\x8e\x93.pdf"},
        {R"(name=a; filename*=utf-8'de'M%c3%bcller.pdf)", "a", "Müller.pdf"},
        {R"(name=a; filename*=iso-8859-1''M%FCller.pdf)", "a", "Müller.pdf"},
        {R"(name=a; filename="M_ller.pdf"; filename*=UTF-8''M%C3%BCller.pdf)", "a", "Müller.pdf"},
        {R"(name=a; filename*="UTF-8''x.txt")", "a", "x.txt"},
        {"name=a; filename=\"M\xfcller.pdf\"", "a", "M\xef\xbf\xbdller.pdf"},
        {"name=a; filename*=UTF-8''M%FCller.pdf", "a", "M\xef\xbf\xbdller.pdf"},
        // Paths: what is before the last separator says nothing to others (RFC 7578 4.2).
        {R"(name=a; filename="../../etc/x")", "a", "x"},
        {R"(name=a; filename="C:\Users\me\x.txt")", "a", "x.txt"},
        {R"(name=a; filename="C:\\Users\\me\\x.txt")", "a", "x.txt"},
        {R"(name=a; filename="\\server\share\x.txt")", "a", "x.txt"},
        {R"(name=a; filename*=UTF-8''..%2F..%2Fx)", "a", "x"},
        {R"(name=a; filename=dir/)", "a", ""},
    };
    for (const auto& wanted : cases) {
        const auto head = parse_part_head(
            std::string("Content-Disposition: form-data; ").append(wanted.parameters) + "\r\n");
        ASSERT_TRUE(head) << wanted.parameters << ": " << head.error().message;
        EXPECT_EQ(head->name, wanted.name) << wanted.parameters;
        EXPECT_EQ(head->filename, wanted.filename) << wanted.parameters;
    }
}

TEST(PartHead, MediaTypeAndEncoding) {
    const std::string disposition = "Content-Disposition: form-data; name=a\r\n";
    const struct {
        std::string_view lines, media_type;
    } cases[] = {
        {"", ""},
        {"Content-Type: text/plain; charset=\"utf-8\"\r\n", "text/plain"},
        {"content-type:APPLICATION/JSON\r\n", "application/json"},
        {"Content-Type:\r\n", ""},
        {"Content-Transfer-Encoding: binary\r\nContent-Type: a/b\r\n", "a/b"},
        {"Content-Transfer-Encoding: 8BIT\r\n", ""},
        {"content-transfer-encoding: 7bit\r\n", ""},
    };
    for (const auto& wanted : cases) {
        const auto head = parse_part_head(disposition + std::string(wanted.lines));
        ASSERT_TRUE(head) << wanted.lines;
        EXPECT_EQ(head->media_type, wanted.media_type);
    }
}

TEST(PartHead, Refused) {
    const std::string good = "Content-Disposition: form-data; name=a\r\n";
    const std::string cannot = "Content-Disposition cannot be read";
    const struct {
        std::string lines;
        Kind kind;
        std::string message;
    } cases[] = {
        {"Content-Disposition: form-data; name=\"a\r\n", Kind::malformed, cannot},
        {"Content-Disposition: form-data; name\r\n", Kind::malformed, cannot},
        {"Content-Disposition: form-data; =a\r\n", Kind::malformed, cannot},
        {"Content-Disposition: form-data; name=a b\r\n", Kind::malformed, cannot},
        {"Content-Disposition: form-data; name=a; name=b\r\n", Kind::malformed, cannot},
        {"Content-Disposition: form-data; name=a; filename=\"x\\\"\r\n", Kind::malformed, cannot},
        {"Content-Disposition: form-data; name=a; filename=x; FILENAME=y\r\n", Kind::malformed,
         cannot},
        {"Content-Disposition: form-data\r\n", Kind::malformed, "Content-Disposition has no name"},
        {"Content-Disposition: form-data; filename=x\r\n", Kind::malformed,
         "Content-Disposition has no name"},
        {"Content-Disposition: attachment; name=a\r\n", Kind::malformed,
         "Content-Disposition is not form-data"},
        {"Content-Disposition:\r\n", Kind::malformed, "Content-Disposition is not form-data"},
        {"Content-Disposition: form-data; name=a; filename*=x\r\n", Kind::malformed,
         "filename* is not UTF-8''name or ISO-8859-1''name"},
        {"Content-Disposition: form-data; name=a; filename*=koi8-r''x\r\n", Kind::malformed,
         "filename* is not UTF-8''name or ISO-8859-1''name"},
        {good + "Content-Type: a/b; c\r\n", Kind::malformed, "Content-Type cannot be read"},
        {good + "Content-Type: a/b\r\nContent-Type: a/b\r\n", Kind::malformed,
         "Content-Type is given more than once"},
        {good + "Content-Type: multipart/mixed; boundary=c\r\n", Kind::not_supported,
         "a part that is multipart/mixed itself is not taken; send each file as a part of its own"},
        {good + "Content-Transfer-Encoding: base64\r\n", Kind::not_supported,
         "Content-Transfer-Encoding base64 is not taken (RFC 7578 4.7); send the bytes as they "
         "are"},
        {good + "Content-Transfer-Encoding: quoted-printable\r\n", Kind::not_supported,
         "Content-Transfer-Encoding quoted-printable is not taken (RFC 7578 4.7); send the bytes "
         "as they are"},
        {good + std::string("X: \0\r\n", 6), Kind::malformed, "a header line is not 'Name: value'"},
    };
    for (const auto& wanted : cases) {
        const auto head = parse_part_head(wanted.lines);
        ASSERT_FALSE(head) << wanted.lines;
        EXPECT_EQ(head.error(), (MultipartProblem{wanted.kind, wanted.message})) << wanted.lines;
    }
}

}  // namespace
}  // namespace handin::http::test
