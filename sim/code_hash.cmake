# Writes OUTPUT with the hash of all sources below nodes/ and sim/ (tests left out), where it changed.
file(GLOB_RECURSE SOURCES RELATIVE ${ROOT}
  ${ROOT}/nodes/*.[ch] ${ROOT}/nodes/*.def ${ROOT}/sim/*.[ch] ${ROOT}/sim/*.def ${ROOT}/sim/*.cc)
list(FILTER SOURCES EXCLUDE REGEX "/tests/")
list(SORT SOURCES)
set(ALL "")
foreach(source ${SOURCES})
  file(SHA256 ${ROOT}/${source} digest)
  string(APPEND ALL "${source} ${digest}\n")
endforeach()
string(SHA256 HASH "${ALL}")
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define CODE_HASH \"${HASH}\"\n")
