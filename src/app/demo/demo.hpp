// handin serve --demo: a school to try everything on.
#pragma once

#include <filesystem>
#include <string>

#include "app/demo/school.hpp"
#include "store/store.hpp"

namespace handin::app {

// Makes the school unless the data folder has one, and sees to it that demo.json is there,
// unchanged since the first time. Throws std::runtime_error if the folder has another school.
void ensure_demo_school(store::Store& store, const std::filesystem::path& data,
                        const DemoSize& size, const std::string& base_url, Time now);

// Three lines for a shell: hand a file in, read it back as the teacher, see the event.
std::string demo_guide(const std::filesystem::path& data, const std::string& base_url);

}  // namespace handin::app
