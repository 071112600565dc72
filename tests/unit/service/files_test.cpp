// Who may download which file, by which path (edlink.md 1.3, 4.1 row 18; DESIGN 10.6).
#include "service/coursework_place.hpp"

namespace handin::test {
namespace {

using domain::Role;

task<std::string> all_of(blob::Reader* reader) {
    std::string bytes;
    for (;;) {
        const auto piece = co_await reader->next();
        if (piece.empty()) co_return bytes;
        bytes += piece;
    }
}

class Files : public CourseworkTest {
 protected:
    void open() {
        place.school.add_assignment("second");
        place.school.add_class(id_of("another class"));
        place.school.enroll(id_of("another class"), place.school.teacher, Role::teacher);
        place.school.enroll(id_of("another class"), place.school.student, Role::student);
        place.open();
        const auto outcome =
            submit(place.school.student, {sent_file("small"), sent_file(large), sent_text("text")});
        for (const auto& each : outcome->submission.attempts.at(0).attachments)
            files.push_back(each.attachment.id);
    }

    auto download(const Uuid& person, const Uuid& file, std::optional<Uuid> assignment = {},
                  std::optional<Uuid> submission = {}, std::optional<Uuid> klass = {}) {
        return run(coursework().file(school().actor(person), klass.value_or(school().class_id),
                                     assignment, submission, file));
    }

    const std::string large = std::string(200'000, 'l') + "end";
    std::vector<Uuid> files;  // small, large, text
};

TEST_F(Files, AreWhatWasHandedIn) {
    open();
    for (const auto& person : {school().student, school().teacher, school().ta, school().tutor}) {
        SCOPED_TRACE(school().person(person).login);
        auto small = download(person, files[0]);
        ASSERT_TRUE(small);
        EXPECT_EQ(small->row_bytes, "small");
        EXPECT_FALSE(small->reader);
        EXPECT_EQ(small->attachment.title, "title");
        auto big =
            download(person, files[1], school().assignment_id, submission_of(school().student));
        ASSERT_TRUE(big);
        EXPECT_EQ(big->attachment.bytes.size, large.size());
        ASSERT_TRUE(big->reader);
        EXPECT_TRUE(run(all_of(big->reader.get())) == large);
    }
}

TEST_F(Files, AreNotForEverybody) {
    open();
    for (const auto& file : files) {
        EXPECT_EQ(refused(download(school().other, file)), "not found: file_id");
        EXPECT_EQ(refused(download(school().observer, file)), "not found: file_id");
        EXPECT_EQ(refused(download(school().outsider, file)), "not found: class_id");
    }
    auto nobody = school().actor(school().student);
    nobody.person_id.reset();
    EXPECT_EQ(refused(run(coursework().file(nobody, school().class_id, {}, {}, files[0]))),
              "not found: class_id");
}

TEST_F(Files, AreOnlyWhereTheyAre) {
    open();
    const auto& s = school();
    const auto here = s.assignment_id;
    const auto there = id_of("assignment/second");
    const auto whole = submission_of(s.student);
    for (const auto& person : {s.student, s.teacher}) {
        SCOPED_TRACE(s.person(person).login);
        EXPECT_EQ(refused(download(person, files[0], here, whole)), "");
        EXPECT_EQ(refused(download(person, files[0], here)), "");
        EXPECT_EQ(refused(download(person, files[0], there, whole)), "not found: file_id");
        EXPECT_EQ(refused(download(person, files[0], there)), "not found: file_id");
        EXPECT_EQ(refused(download(person, files[0], here, submission_of(s.other))),
                  "not found: file_id");
        EXPECT_EQ(refused(download(person, files[0], there, submission_of(s.student, there))),
                  "not found: file_id");
        EXPECT_EQ(refused(download(person, files[0], {}, {}, id_of("another class"))),
                  "not found: file_id");
        EXPECT_EQ(refused(download(person, files[0], here, whole, id_of("nowhere"))),
                  "not found: class_id");
        EXPECT_EQ(refused(download(person, id_of("unknown"), here, whole)), "not found: file_id");
    }
}

// A text that is too long to be shown is downloaded; a link has no bytes.
TEST_F(Files, TextsAreFilesTooLinksAreNot) {
    open();
    EXPECT_EQ(download(school().student, files[2])->row_bytes, "text");
    EXPECT_EQ(download(school().teacher, files[2])->row_bytes, "text");
    const auto outcome = submit(school().student, {sent_link("https://example.org/")});
    const auto link = outcome->submission.attempts.at(1).attachments.at(0).attachment.id;
    EXPECT_EQ(refused(download(school().student, link)), "not found: file_id");
    EXPECT_EQ(refused(download(school().teacher, link)), "not found: file_id");
}

TEST_F(Files, OfEarlierAttemptsStay) {
    open();
    ASSERT_TRUE(take_back(place, school().student));
    ASSERT_TRUE(submit(school().student, {sent_file("second")}));
    EXPECT_EQ(download(school().student, files[0])->row_bytes, "small");
}

}  // namespace
}  // namespace handin::test
