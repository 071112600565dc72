#include "blob/media_type.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace handin::blob {
namespace {

using namespace std::literals;

struct Case {
    std::string_view bytes, filename, type;
};

TEST(SniffMediaType, TellsWhatAFileIs) {
    static const std::string zip = "PK\x03\x04\x14\0\0\0\x08\0\0\0!X\1\2\3\4"s +
                                   "\x10\0\0\0\x20\0\0\0\x05\0\0\0"s + "a.xml" +
                                   std::string(300, '\x11');
    static const std::string ole = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s + std::string(504, '\0');
    static const std::string wav = "RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0"s +
                                   "\x22\x56\0\0\x88\x58\x01\0\x04\0\x10\0"s + "data\0\x08\0\0"s;
    const Case cases[] = {
        // The bytes decide, whatever the name says.
        {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "essay.pdf", "application/pdf"},
        {"%PDF-1.7\n", "essay.docx", "application/pdf"},
        {"%PDF-1.7\n", "", "application/pdf"},
        {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv, "x", "image/png"},
        {"\xff\xd8\xff\xe0\0\x10JFIF"sv, "photo.JPG", "image/jpeg"},
        {"GIF89a\1\0\1\0"sv, "x.txt", "image/gif"},
        {wav, "talk.wav", "audio/x-wav"},
        {"\x7f"
         "ELF\x02\x01\x01",
         "essay.txt", "application/octet-stream"},
        // The extension tells zip and OLE files apart.
        {zip, "essay.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {zip, "Marks.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {zip, "essay.odt", "application/vnd.oasis.opendocument.text"},
        {zip, "essay.pdf", "application/zip"},
        {zip, "essay", "application/zip"},
        {ole, "essay.doc", "application/msword"},
        {ole, "marks.xls", "application/vnd.ms-excel"},
        // And kinds of text.
        {"a,b\n1,2\n", "marks.csv", "text/csv"},
        {"# Title\n", "README.md", "text/markdown"},
        {"int main() {}\n", "main.cpp", "text/x-c++"},
        {"int main() {}\n", "essay.txt", "text/plain"},
        {"import os\n", "a.b.py", "text/x-python"},
        {"<html><script>alert(1)</script>", "essay.txt", "text/plain"},
        {"<html></html>", "page.html", "text/html"},
        {"\xef\xbb\xbf"
         "a;b\n",
         "marks.csv", "text/csv"},
        {"caf\xe9 in Latin-1\n", "essay.txt", "text/plain"},
        {"\xff\xfe"
         "a\0,\0b\0\n\0"sv,
         "utf16.csv", "text/csv"},
        {"Once upon a time\n", "essay", "text/plain"},
        {"Na\xc3\xafve caf\xc3\xa9\n", "essay.unknown", "text/plain"},
        {"{\"a\": [1, 2]}\n", "data", "application/json"},
        {"{\"cells\": []}\n", "lab.ipynb", "application/x-ipynb+json"},
        {"x", ".py", "text/x-python"},
        // Nothing to tell by.
        {"", "essay.txt", "text/plain"},
        {"", "essay.pdf", "application/octet-stream"},
        {"", "", "application/octet-stream"},
        {"\0\1\2\3"sv, "essay.txt", "application/octet-stream"},
        {"\x9c\x01\0\x80\xfe\x03\x7f\0\0\x91"sv, "x.bin", "application/octet-stream"},
    };
    for (const auto& [bytes, filename, type] : cases)
        EXPECT_EQ(sniff_media_type(bytes, filename), type) << filename << ": " << bytes;
}

TEST(SniffMediaType, LooksAtTheBeginningOnly) {
    auto bytes = std::string(4096, 'a') + std::string(4096, '\0');
    EXPECT_EQ(sniff_media_type(bytes, "essay.txt"), "text/plain");
}

// A character that the cut at 4 KiB goes through does not make a text binary.
TEST(SniffMediaType, TakesACutCharacter) {
    EXPECT_EQ(sniff_media_type(std::string(4095, 'a') + "\xc3\xa9", "essay"), "text/plain");
}

TEST(SniffMediaType, IsSafeOnManyThreads) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([] {
            for (int round = 0; round < 20; ++round)
                EXPECT_EQ(sniff_media_type("\0asm\1\0\0\0"sv, "x"), "application/wasm");
        });
}

struct Name {
    std::string_view title, fallback, encoded;
};

TEST(DownloadDisposition, IsSafeAndKeepsTheTitle) {
    const Name names[] = {
        {"essay.pdf", "essay.pdf", "essay.pdf"},
        {"my essay (2).pdf", "my essay (2).pdf", "my%20essay%20%282%29.pdf"},
        {"\u20ac rates.txt", "_ rates.txt", "%E2%82%AC%20rates.txt"},  // RFC 8187 3.2.3's letters
        {"na\u00efve.txt", "na_ve.txt", "na%C3%AFve.txt"},
        {R"(a"b\c/d.txt)", "a_b_c_d.txt", "a%22b_c_d.txt"},
        {"a\r\nSet-Cookie: x=1", "a__Set-Cookie_ x=1", "a__Set-Cookie%3A%20x%3D1"},
        {"a\0b\x7f"sv, "a_b_", "a_b_"},
        {"100%.txt", "100_.txt", "100%25.txt"},
        {"it's *here*.txt", "it's _here_.txt", "it%27s%20%2Ahere%2A.txt"},
        {"../../etc/passwd", "_._.._etc_passwd", ".._.._etc_passwd"},
        {".htaccess", "_htaccess", ".htaccess"},
        {"name. ", "name._", "name.%20"},
        {"essay\u202efdp.exe", "essay_fdp.exe", "essay_fdp.exe"},
        {"\xc2\x85next", "_next", "_next"},
        {"bad\xff\xc3.txt", "bad__.txt", "bad%EF%BF%BD%EF%BF%BD.txt"},
        {"", "file", "file"},
    };
    for (const auto& [title, fallback, encoded] : names) {
        const auto expected =
            "attachment; filename=\"" + std::string(fallback) + "\"; filename*=UTF-8''";
        EXPECT_EQ(download_disposition(title), expected + std::string(encoded));
        EXPECT_EQ(safe_filename(title), fallback);
    }
}

TEST(DownloadDisposition, ShortensButKeepsTheExtension) {
    std::string title;
    for (int i = 0; i < 1000; ++i)
        title += "\u20ac";
    const auto value = download_disposition(title + ".docx");
    EXPECT_LT(value.size(), 1100U);
    EXPECT_TRUE(value.ends_with("%AC.docx")) << value;
    EXPECT_EQ(safe_filename(title + ".docx"), std::string(83, '_') + ".docx");
    EXPECT_EQ(safe_filename(std::string(300, 'a')), std::string(255, 'a'));
    EXPECT_EQ(safe_filename("." + std::string(300, 'a')), "_" + std::string(254, 'a'));
}

TEST(DownloadDisposition, IsAlwaysPrintableAscii) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const char title[] = {static_cast<char>(first), static_cast<char>(second)};
            const auto value = download_disposition(std::string_view(title, 2));
            for (const char c : value)
                ASSERT_TRUE(c >= 0x20 && c < 0x7f) << first << ' ' << second;
            ASSERT_EQ(std::ranges::count(value, '"'), 2) << first << ' ' << second;
        }
    }
}

}  // namespace
}  // namespace handin::blob
