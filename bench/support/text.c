/* Text that grows, and whole files of it. */
#include "text.h"
#include "memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void reserve(struct text *text, size_t more) {
  if (text->capacity - text->length > more)
    return;
  text->capacity = (text->length + more + 1) * 2;
  text->data = memory_resize(text->data, text->capacity, 1);
}

void text_add(struct text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0)
    return;
  reserve(text, (size_t)length);
  va_start(arguments, format);
  vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
  va_end(arguments);
  text->length += (size_t)length;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length) {
  reserve(text, length);
  memcpy(text->data + text->length, bytes, length);
  text->length += length;
  text->data[text->length] = '\0';
}

void text_drop(struct text *text, size_t length) {
  if (length == 0)
    return;
  memmove(text->data, text->data + length, text->length - length + 1);
  text->length -= length;
}

void text_deinit(struct text *text) {
  free(text->data);
  *text = (struct text){0};
}

const char *text_string(const struct text *text) {
  return text->data == NULL ? "" : text->data;
}

char *text_format(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *string = NULL;
  int length = vasprintf(&string, format, arguments);
  va_end(arguments);
  return length < 0 ? memory_string("") : string;
}

/* RFC 3629, section 4. */
size_t text_utf8_length(const char *text) {
  static const struct {
    unsigned char first, last, second_first, second_last;
    size_t length;
  } FORMS[] = {
      {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
      {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
      {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
  };
  const unsigned char *octets = (const unsigned char *)text;
  size_t form = 0;
  while (form < sizeof FORMS / sizeof FORMS[0] &&
         (octets[0] < FORMS[form].first || octets[0] > FORMS[form].last))
    form++;
  if (form == sizeof FORMS / sizeof FORMS[0])
    return 0;
  const size_t length = FORMS[form].length;
  if (length > 1 && (octets[1] < FORMS[form].second_first || octets[1] > FORMS[form].second_last))
    return 0;
  for (size_t i = 2; i < length; i++)
    if ((octets[i] & 0xc0) != 0x80)
      return 0;
  return length;
}

bool text_is_control(const char *utf8) {
  const unsigned char first = (unsigned char)utf8[0];
  if (first == 0xc2)
    return (unsigned char)utf8[1] < 0xa0;
  return (first < 0x20 && first != '\n' && first != '\t') || first == 0x7f;
}

void text_print(const char *words, FILE *stream) {
  while (*words != '\0') {
    const size_t length = text_utf8_length(words);
    const bool hidden = length == 0 || text_is_control(words);
    if (hidden)
      fprintf(stream, "\\x%02x", (unsigned char)words[length == 2 ? 1 : 0]);
    else
      fwrite(words, 1, length, stream);
    words += length == 0 ? 1 : length;
  }
}

void text_printf(FILE *stream, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *words = NULL;
  if (vasprintf(&words, format, arguments) >= 0) {
    text_print(words, stream);
    free(words);
  }
  va_end(arguments);
}

const char *text_plural(size_t count) {
  return count == 1 ? "" : "s";
}

void text_add_shell_word(struct text *text, const char *word) {
  static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "-_./,:@%+=";
  if (word[0] != '\0' && word[strspn(word, PLAIN)] == '\0') {
    text_add(text, "%s", word);
    return;
  }
  text_add(text, "'");
  for (; *word != '\0'; word++)
    text_add(text, *word == '\'' ? "'\\''" : "%c", *word);
  text_add(text, "'");
}

size_t text_columns(const char *utf8) {
  size_t count = 0;
  for (; *utf8 != '\0'; utf8++)
    count += ((unsigned char)*utf8 & 0xc0) != 0x80;
  return count;
}

void text_wrap(struct text *text, const char *words, size_t width) {
  size_t used = 0;
  text_add(text, "%s", "");
  while (*words != '\0') {
    size_t length = strcspn(words, " \n");
    char *word = text_format("%.*s", (int)length, words);
    size_t columns = text_columns(word);
    if (used > 0 && used + 1 + columns > width) {
      text_add(text, "\n");
      used = 0;
    }
    text_add(text, "%s%s", used > 0 ? " " : "", word);
    used += columns + (used > 0);
    free(word);
    words += length;
    if (*words == '\n') {
      text_add(text, "\n");
      used = 0;
    }
    words += *words != '\0';
  }
}

static char *file_read(const char *path, size_t most, size_t *length, struct text *error) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    text_add(error, "%s: %s\n", path, strerror(errno));
    return NULL;
  }
  struct text content = {0};
  char block[16384];
  size_t count;
  text_add_bytes(&content, "", 0);
  while (content.length <= most && (count = fread(block, 1, sizeof block, file)) > 0)
    text_add_bytes(&content, block, count);
  const bool bad = ferror(file) != 0, is_long = content.length > most;
  fclose(file);
  if (bad || is_long) {
    text_add(error, is_long ? "%s: is longer than 64 MiB\n" : "%s: cannot be read\n", path);
    text_deinit(&content);
    return NULL;
  }
  if (length != NULL)
    *length = content.length;
  return content.data;
}

char *text_file_read(const char *path, size_t *length, struct text *error) {
  return file_read(path, SIZE_MAX, length, error);
}

char *text_input_read(const char *path, size_t *length, struct text *error) {
  return file_read(path, (size_t)64 << 20, length, error);
}

/* 0, or what is wrong (errno). */
static int file_fill(const char *path, const struct text *content) {
  FILE *file = fopen(path, "wb");
  if (file == NULL)
    return errno;
  errno = 0;
  const size_t written = fwrite(text_string(content), 1, content->length, file);
  int problem = written == content->length ? 0 : errno == 0 ? EIO : errno;
  if (fclose(file) != 0 && problem == 0)
    problem = errno;
  return problem;
}

/* As file_fill. */
static int file_replace(const char *path, const struct text *content) {
  char *real = realpath(path, NULL);
  char *beside = text_format("%s.%ld.part", real == NULL ? path : real, (long)getpid());
  int problem = file_fill(beside, content);
  if (problem == 0 && rename(beside, real == NULL ? path : real) != 0)
    problem = errno;
  if (problem != 0)
    unlink(beside);
  free(beside);
  free(real);
  return problem;
}

int text_file_write(const char *path, const struct text *content, struct text *error) {
  struct stat status;
  bool special = stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
  int problem = special ? file_fill(path, content) : file_replace(path, content);
  if (problem == 0)
    return 0;
  text_add(error, "%s: cannot be written: %s\n", path, strerror(problem));
  return -1;
}

int text_directory_make(const char *path, struct text *error) {
  char *copy = memory_string(path);
  for (char *slash = copy; slash != NULL && *copy != '\0';) {
    slash = strchr(slash + 1, '/');
    if (slash != NULL)
      *slash = '\0';
    if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
      text_add(error, "%s: cannot make the directory: %s\n", copy, strerror(errno));
      free(copy);
      return -1;
    }
    if (slash != NULL)
      *slash = '/';
  }
  free(copy);
  return 0;
}

char *text_directory_of(const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL)
    return memory_string(".");
  if (slash == path)
    return memory_string("/");
  return text_format("%.*s", (int)(slash - path), path);
}
