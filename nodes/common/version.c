/* What a build is made of. */
#include "version.h"

#include "commit.h" /* generated */
#ifdef WITH_CODE_HASH
#include "code_hash.h" /* generated */
#else
#define CODE_HASH ""
#endif

#include <stdio.h>

const char *version_commit(void) {
  return CODE_COMMIT;
}

const char *version_text(const char *program) {
  static char text[256];
  snprintf(text, sizeof text, "%s " VERSION "%s" CODE_COMMIT "%s" CODE_HASH, program,
           sizeof CODE_COMMIT > 1 ? "\ncommit " : "", sizeof CODE_HASH > 1 ? "\ncode " : "");
  return text;
}
