# Writes OUTPUT with the commit of the sources in ROOT, as git describes it, with "-dirty" where there
# are changes that are in no commit; "" where ROOT is not what git keeps: a folder inside of another
# repository, whatever the environment says, or no git. An OUTPUT that says so already stays.
set(git ${CMAKE_COMMAND} -E env)
foreach(name GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY
             GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE GIT_PREFIX)
  list(APPEND git --unset=${name})
endforeach()
list(APPEND git git -C ${ROOT})

set(commit "")
execute_process(COMMAND ${git} rev-parse --show-toplevel RESULT_VARIABLE status
                OUTPUT_VARIABLE top ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
if(status EQUAL 0)
  file(REAL_PATH "${top}" top)
  file(REAL_PATH "${ROOT}" root)
  if(top STREQUAL root)
    execute_process(COMMAND ${git} describe --always --dirty --abbrev=7 --exclude=*
                    RESULT_VARIABLE status OUTPUT_VARIABLE found ERROR_QUIET
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(status EQUAL 0 AND found MATCHES "^[0-9a-f]+(-dirty)?$")
      set(commit ${found})
    endif()
  endif()
endif()
set(text "#define CODE_COMMIT \"${commit}\"\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUTPUT} "${text}")
endif()
