# Writes OUTPUT: the files of PLATFORMS and CRYPTO below ROOT as the table of sheet_shipped(), in the
# order of their names.
set(text "/* Generated from scenarios/. */\n#include \"spec/sheet.h\"\n")

# One array for each file, and the table of the kind.
function(add_kind kind files)
  set(table "")
  list(SORT files)
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    if(name STREQUAL "none" OR NOT name MATCHES "^[a-z0-9-]+$")
      message(FATAL_ERROR "${file}: a name is lower-case letters, digits and hyphens, and not none")
    endif()
    file(RELATIVE_PATH path ${ROOT} ${file})
    file(READ ${file} octets HEX)
    string(REGEX REPLACE "(..)" "0x\\1," octets "${octets}")
    string(MAKE_C_IDENTIFIER "${kind}_${name}" identifier)
    string(APPEND text "\nstatic const unsigned char ${identifier}[] = {${octets}0};\n")
    string(APPEND table "    {\"${name}\", \"${path}\", ${identifier}, sizeof ${identifier} - 1},\n")
  endforeach()
  string(APPEND text "\nstatic const struct sheet_file ${kind}[] = {\n${table}    {0}};\n")
  set(text "${text}" PARENT_SCOPE)
endfunction()

add_kind(platforms "${PLATFORMS}")
add_kind(crypto "${CRYPTO}")
string(APPEND text "
const struct sheet_file *sheet_shipped(enum sheet_kind kind, size_t index) {
  static const struct sheet_file *const kinds[] = {platforms, crypto};
  static const size_t counts[] = {sizeof platforms / sizeof *platforms - 1,
                                  sizeof crypto / sizeof *crypto - 1};
  return index < counts[kind] ? &kinds[kind][index] : NULL;
}
")
file(WRITE ${OUTPUT} "${text}")
