# Compiler settings, the libraries that are used, and the functions the top file speaks in.

option(HANDIN_COVERAGE "Instrument for llvm-cov" OFF)
option(HANDIN_FUZZ "Build tests/fuzz with libFuzzer; wants HANDIN_SANITIZE=address,undefined" OFF)
set(HANDIN_SANITIZE "" CACHE STRING "Value for -fsanitize, for example address,undefined")

# The distribution's libraries, not those of a Python or a toolbox that happens to be on the PATH.
set(CMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH OFF)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(SQLiteCpp REQUIRED)
find_package(mimalloc REQUIRED)
find_package(pugixml REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(TOML REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)

find_program(CCACHE ccache)
if(CCACHE)
  # What a precompiled header does to the cache: https://ccache.dev/manual/latest.html#_precompiled_headers
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wconversion -Werror
  -fcolor-diagnostics "$<$<CONFIG:Debug>:-O1>" "SHELL:-Xclang -fno-pch-timestamp")
add_compile_definitions(
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_USE_STD_STRING_VIEW)
add_link_options(-fuse-ld=lld)
if(HANDIN_SANITIZE)
  add_compile_options(-fsanitize=${HANDIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HANDIN_SANITIZE})
endif()
if(HANDIN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(HANDIN_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()

# The slow headers of Asio, once: every module that has coroutines reuses this.
add_library(handin_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(handin_pch PRIVATE Boost::headers OpenSSL::Crypto Threads::Threads)
target_include_directories(handin_pch PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_precompile_headers(handin_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/pch.hpp)

# handin_module(NAME LINK lib...): a library of every .cpp below src/NAME but main.cpp.
function(handin_module name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(sources)
    set(visible PUBLIC)
    add_library(handin_${name} STATIC ${sources})
    target_precompile_headers(handin_${name} REUSE_FROM handin_pch)
  else()  # headers only
    set(visible INTERFACE)
    add_library(handin_${name} INTERFACE)
  endif()
  add_library(handin::${name} ALIAS handin_${name})
  target_include_directories(handin_${name} ${visible} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(handin_${name} ${visible} ${arg_LINK})
endfunction()

# handin_executable(NAME MODULE m): the program of src/m/main.cpp, linked with that module.
function(handin_executable name)
  cmake_parse_arguments(arg "" "MODULE" "" ${ARGN})
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/src/${arg_MODULE}/main.cpp)
    message(WARNING "src/${arg_MODULE}/main.cpp is not there: no ${name}")
    return()
  endif()
  add_executable(${name} ${PROJECT_SOURCE_DIR}/src/${arg_MODULE}/main.cpp)
  target_link_libraries(${name} PRIVATE handin::${arg_MODULE})
  target_precompile_headers(${name} REUSE_FROM handin_pch)
endfunction()

# One GoogleTest program for each folder of tests/unit, named unit_<folder>, linked with that module.
# The target unit_tests builds them all.
function(handin_tests)
  add_custom_target(unit_tests)
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/tests/unit/*)
  foreach(folder ${folders})
    get_filename_component(module ${folder} NAME)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    if(sources AND TARGET handin::${module})
      add_executable(unit_${module} ${sources})
      target_include_directories(unit_${module} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit)
      target_compile_definitions(unit_${module} PRIVATE HANDIN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
      target_link_libraries(unit_${module} PRIVATE handin::${module} rapidcheck
                            GTest::gtest GTest::gmock GTest::gtest_main)
      target_precompile_headers(unit_${module} REUSE_FROM handin_pch)
      add_test(NAME unit.${module} COMMAND unit_${module})
      set_tests_properties(unit.${module} PROPERTIES TIMEOUT 300)
      add_dependencies(unit_tests unit_${module})
    elseif(sources)
      message(FATAL_ERROR "tests/unit/${module} tests no module of that name in src/")
    endif()
  endforeach()
endfunction()

# handin_benchmark(NAME LINK lib...): the program bench_NAME of bench/NAME.cpp; the target benchmarks
# builds them all, nothing else does.
function(handin_benchmark name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  if(NOT TARGET benchmarks)
    add_custom_target(benchmarks)
  endif()
  add_executable(bench_${name} EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/bench/${name}.cpp)
  target_link_libraries(bench_${name} PRIVATE ${arg_LINK})
  add_dependencies(benchmarks bench_${name})
endfunction()

# One libFuzzer program for each tests/fuzz/*_fuzz.cpp; the target fuzzers builds them all.
function(handin_fuzzers)
  add_custom_target(fuzzers)
  if(HANDIN_FUZZ)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp)
    foreach(source ${sources})
      get_filename_component(name ${source} NAME_WE)
      add_executable(${name} ${source})
      set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
      target_link_libraries(${name} PRIVATE handin::api)
      target_link_options(${name} PRIVATE -fsanitize=fuzzer)
      add_dependencies(fuzzers ${name})
    endforeach()
  endif()
endfunction()

# The target headers_alone compiles every header of src/ by itself, without the precompiled one, so
# that each includes what it uses. Part of make lint.
function(handin_headers_alone)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.hpp)
  foreach(header ${headers})
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/src ${header})
    set(source ${PROJECT_BINARY_DIR}/headers_alone/${name}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${name}\"\n#include \"${name}\"\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(headers_alone PRIVATE handin::app)
  target_compile_options(headers_alone PRIVATE -O0 -g0)
endfunction()

# The SQL migrations as a source file of the store.
function(handin_schema target)
  set(dir ${PROJECT_SOURCE_DIR}/src/store/schema)
  set(out ${PROJECT_BINARY_DIR}/generated/schema.cpp)
  file(GLOB files CONFIGURE_DEPENDS ${dir}/*.sql ${dir}/*/*.sql)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -D DIR=${dir} -D OUT=${out} -P ${PROJECT_SOURCE_DIR}/cmake/schema.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/schema.cmake)
  target_sources(${target} PRIVATE ${out})
endfunction()
