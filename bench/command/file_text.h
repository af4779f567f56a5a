/* Files of this folder that are part of the program. */
#ifndef BENCH_COMMAND_FILE_TEXT_H
#define BENCH_COMMAND_FILE_TEXT_H

/* Declares `symbol`, a text: the file as it was when this source was compiled (CMakeLists.txt says
 * that the one needs the other). */
#define FILE_TEXT(symbol, file)                                                                    \
  __asm__(".pushsection .rodata\n" #symbol ":\n"                                                   \
          ".incbin \"" COMMAND_FOLDER "/" file "\"\n"                                              \
          ".byte 0\n"                                                                              \
          ".popsection");                                                                          \
  extern const char symbol[]

#endif
