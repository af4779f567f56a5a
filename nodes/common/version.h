/* What a build is made of, as it was when it was built, whatever has become of the tree since. */
#ifndef NODES_COMMON_VERSION_H
#define NODES_COMMON_VERSION_H

/* Of the sources, as commit.cmake finds it: "" without git, "-dirty" behind it where there were
 * changes that are in no commit. */
const char *version_commit(void);

/* What --version prints, in lines of which the last has no end: the program and its version; the
 * commit; and, in a build that has the simulator, the hash of the code that makes runs, as results
 * have it. What there is none of has no line. Holds until it is called again. */
const char *version_text(const char *program);

#endif
