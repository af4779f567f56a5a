/* Text that grows, and whole files of it. Errors of all modules are such texts too: a function
 * that can fail takes `struct text *error`, adds sentences for a person to it, and returns -1 or
 * NULL. */
#ifndef BENCH_SUPPORT_TEXT_H
#define BENCH_SUPPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Zero-initialised it is empty; `data` is NULL until something is added, then ends with a 0. */
struct text {
  char *data;
  size_t length;
  size_t capacity;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const char *bytes, size_t length);

/* Removes the first `length` bytes. */
void text_drop(struct text *text, size_t length);
void text_deinit(struct text *text);

/* What was added ("" if nothing); valid until the text changes. */
const char *text_string(const struct text *text);

/* What printf would print, to be freed. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Octets of the UTF-8 character at `text`: 1 to 4, or 0 where none is (and at the end). */
size_t text_utf8_length(const char *text);

/* True for a character that is none to be seen: controls, of both sets, but newline and tab. */
bool text_is_control(const char *utf8);

/* Writes words that others have chosen to a stream that may be a terminal: controls, and octets
 * that are no UTF-8, are written as \x1b. */
void text_print(const char *words, FILE *stream);

/* printf through text_print. */
void text_printf(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What the noun behind a count ends in: "" of one, else "s". */
const char *text_plural(size_t count);

/* Adds a word of a command, quoted for sh where it has to be. */
void text_add_shell_word(struct text *text, const char *word);

/* Characters of UTF-8, which are the columns of a terminal for the texts that we print. */
size_t text_columns(const char *utf8);

/* Adds `words` broken at spaces into lines of at most `width` columns; a longer word is a line.
 * Newlines in `words` stay. */
void text_wrap(struct text *text, const char *words, size_t width);

/* The whole file, to be freed, or NULL with an error; `length` may be NULL. */
char *text_file_read(const char *path, size_t *length, struct text *error);

/* The same of a file that somebody names: one of more than 64 MiB (or /dev/zero) is an error. */
char *text_input_read(const char *path, size_t *length, struct text *error);

/* Writes the file whole or not at all: a temporary file beside it, renamed. What is there and no
 * plain file (a terminal, a pipe, a device) is written as it is, and a symbolic link stays one. -1
 * with an error. */
int text_file_write(const char *path, const struct text *content, struct text *error);

/* Makes the directory and those above it. -1 with an error. */
int text_directory_make(const char *path, struct text *error);

/* The directory part of `path` ("." if there is none), to be freed. */
char *text_directory_of(const char *path);

#endif
