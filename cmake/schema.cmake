# Run by the build: writes the numbered SQL files of DIR, DIR/deliveries and DIR/postgres as a C++ file OUT.
function(entries folder out)
  file(GLOB files ${folder}/*.sql)
  list(SORT files)
  set(text "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} sql)
    string(APPEND text "    {\"${name}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

entries(${DIR} sqlite)
entries(${DIR}/deliveries deliveries)
entries(${DIR}/postgres postgres)
file(WRITE ${OUT} "#include \"store/schema/schema.hpp\"

namespace handin::store::schema {
namespace {

constexpr Migration kMigrations[] = {
${sqlite}};

constexpr Migration kDeliveryMigrations[] = {
${deliveries}};

constexpr Migration kPostgresMigrations[] = {
${postgres}};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }
std::span<const Migration> delivery_migrations() { return kDeliveryMigrations; }
std::span<const Migration> postgres_migrations() { return kPostgresMigrations; }

}  // namespace handin::store::schema
")
