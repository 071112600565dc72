#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>

#include "app/receipt_commands.hpp"
#include "base/encoding.hpp"
#include "receipt/receipt.hpp"

namespace handin::app {
namespace {

using domain::AttachmentKind;

struct Options {
    std::string receipt;
    std::vector<std::string> files;
    std::string keys;
};

// A file, or standard input for "-".
class Input {
 public:
    explicit Input(const std::string& name) {
        if (name == "-") return;
        file_.open(name, std::ios::binary);
        if (!file_ || std::filesystem::is_directory(name))
            throw std::runtime_error("cannot read " + name);
    }
    std::istream& stream() { return file_.is_open() ? file_ : std::cin; }

 private:
    std::ifstream file_;
};

std::string read_whole(const std::string& name) {
    Input input(name);
    return {std::istreambuf_iterator<char>(input.stream()), std::istreambuf_iterator<char>()};
}

Digest256 sha256_of(const std::string& name) {
    Input input(name);
    auto& stream = input.stream();
    FileHash hash;
    std::vector<char> piece(1024 * 1024);
    while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())),
           stream.gcount() > 0)
        hash.update(as_bytes({piece.data(), static_cast<std::size_t>(stream.gcount())}));
    if (stream.bad()) throw std::runtime_error("cannot read " + name);
    return hash.finish().sha256;
}

receipt::Receipt read_receipt(const std::string& name) {
    const auto named = name == "-" ? "standard input" : name;
    auto receipt = receipt::parse(read_whole(name));
    if (!receipt) throw std::runtime_error(named + " is no valid receipt: " + receipt.error());
    if (const auto sound = receipt::check(*receipt); !sound)
        throw std::runtime_error(named + " is no valid receipt: " + sound.error());
    return std::move(*receipt);
}

void require_known(const receipt::SigningPublicKey& key, const std::string& file) {
    const auto keys = receipt::parse_jwks(read_whole(file));
    if (!keys) throw std::runtime_error(file + ": " + keys.error());
    if (std::ranges::find(*keys, key) == keys->end())
        throw std::runtime_error("the receipt is signed by key " + receipt::key_id(key) +
                                 ", which is not in " + file);
}

// For each file, the attachments that have its bytes. Throws at the end, so that each is told of.
std::vector<const std::string*> match(const std::vector<domain::Attachment>& attachments,
                                      const std::vector<std::string>& files) {
    std::vector<const std::string*> given(attachments.size());
    std::string strangers;
    for (const auto& file : files) {
        const auto digest = sha256_of(file);
        bool found = false;
        for (std::size_t i = 0; i < attachments.size(); ++i)
            if (attachments[i].kind != AttachmentKind::link &&
                attachments[i].bytes.sha256 == digest) {
                given[i] = &file;
                found = true;
            }
        if (!found)
            strangers += (strangers.empty() ? "" : "; ") + file +
                         " is not what was handed in (its SHA-256 is " + hex(digest) + ")";
    }
    if (!strangers.empty()) throw std::runtime_error(strangers);
    return given;
}

// Control characters of a title must not move the cursor of whoever reads it.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return text;
}

void print(const domain::Attachment& item, const std::string* file) {
    std::printf("    %s \"%s\"", std::string(receipt::kind_name(item.kind)).c_str(),
                printable(item.title).c_str());
    if (item.kind == AttachmentKind::link) {
        std::printf(" to %s\n", printable(item.url).c_str());
        return;
    }
    std::printf(", %llu bytes, SHA-256 %s\n        %s%s\n",
                static_cast<unsigned long long>(item.bytes.size), hex(item.bytes.sha256).c_str(),
                file == nullptr ? "not compared with a file" : "the same bytes as ",
                file == nullptr ? "" : file->c_str());
}

void print(const receipt::Receipt& receipt, const std::vector<const std::string*>& given,
           const Options& options) {
    const auto& [subject, attempt, salt, index, path, batch, signature] = receipt;
    const auto line = [](const char* name, const std::string& value) {
        std::printf("    %-14s%s\n", name, value.c_str());
    };
    std::puts("The receipt is valid. What it proves: the holder of the key below has stated that");
    line("attempt", attempt.id.str() + ", number " + std::to_string(attempt.number));
    line("of submission", attempt.submission_id.str());
    line("by person", subject.person_id.str());
    line("handed in by", attempt.actor_id ? attempt.actor_id->str() : "an application");
    line("assignment", subject.assignment_id.str());
    line("class", subject.class_id.str());
    line("account", subject.account_id.str());
    line("was received", iso_micros(attempt.received_at));
    line("counts as of", iso_micros(attempt.submitted_at));
    line("was committed", iso_micros(attempt.committed_at));
    std::puts("with");
    for (std::size_t i = 0; i < given.size(); ++i)
        print(attempt.attachments[i], given[i]);
    std::printf("Key %s", receipt::key_id(batch.key).c_str());
    if (options.keys.empty())
        std::puts(
            " is the receipt's own claim: whose it is, this does not prove.\n"
            "Give --keys with the key set of the school, from a source that you trust.");
    else
        std::printf(" is one of those in %s.\n", options.keys.c_str());
    std::puts(
        "Not proven: who a person is (the school's roster says), that the clock of the server was\n"
        "right, and what a link led to.");
}

void verify(const Options& options) {
    const auto stdin_uses =
        std::ranges::count(options.files, "-") + (options.receipt == "-") + (options.keys == "-");
    if (stdin_uses > 1) throw std::runtime_error("only one of the arguments can be '-'");
    const auto receipt = read_receipt(options.receipt);
    if (!options.keys.empty()) require_known(receipt.batch.key, options.keys);
    const auto given = match(receipt.attempt.attachments, options.files);
    print(receipt, given, options);
}

}  // namespace

void add_verify_command(CLI::App& app) {
    auto* command = app.add_subcommand("verify",
                                       "Check a receipt and the handed-in files, offline. Exits "
                                       "with 0 and says what is proven, or "
                                       "with another code and one reason.");
    const auto options = std::make_shared<Options>();
    command
        ->add_option("RECEIPT", options->receipt,
                     "What the URL in the Handin-Receipt header gave, as a file; -: standard input")
        ->required();
    command->add_option("FILE", options->files,
                        "Files that must be among what was handed in (a text is its UTF-8 bytes); "
                        "-: standard input");
    command->add_option(
        "--keys", options->keys,
        "JSON Web Key Set that must hold the key of the receipt: that of "
        "/api/handin/v1/receipts/keys, got from the school in a way that you trust");
    command->footer(
        "Without --keys a valid receipt proves that it has not been changed since it was signed, "
        "but\nnot by whom. docs/receipts.md has the format.");
    command->callback([options] { verify(*options); });
}

}  // namespace handin::app
