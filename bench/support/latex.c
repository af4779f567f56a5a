/* Escapes of LaTeX. */
#include "latex.h"

#include <ctype.h>
#include <string.h>

static const struct {
  const char *utf8, *latex;
} SIGNS[] = {
    {"\\", "\\textbackslash{}"},
    {"{", "\\{"},
    {"}", "\\}"},
    {"%", "\\%"},
    {"_", "\\_"},
    {"&", "\\&"},
    {"#", "\\#"},
    {"$", "\\$"},
    {"~", "\\textasciitilde{}"},
    {"^", "\\textasciicircum{}"},
    {"<", "\\ensuremath{<}"},
    {">", "\\ensuremath{>}"},
    {"|", "\\ensuremath{|}"},
    {"\"", "{''}"},
    {"`", "{`}"},
    {"–", "--"},
    {"—", "---"},
    {"‐", "-{}"},
    {"−", "\\ensuremath{-}"},
    {"‘", "{`}"},
    {"’", "{'}"},
    {"“", "{``}"},
    {"”", "{''}"},
    {"„", "{,,}"},
    {"…", "\\ldots{}"},
    {"\u00a0", "~"},
    {"\u202f", "\\,"},
    {"\u2009", "\\,"},
    {"µ", "\\ensuremath{\\mu}"},
    {"μ", "\\ensuremath{\\mu}"},
    {"Ω", "\\ensuremath{\\Omega}"},
    {"α", "\\ensuremath{\\alpha}"},
    {"β", "\\ensuremath{\\beta}"},
    {"γ", "\\ensuremath{\\gamma}"},
    {"δ", "\\ensuremath{\\delta}"},
    {"Δ", "\\ensuremath{\\Delta}"},
    {"λ", "\\ensuremath{\\lambda}"},
    {"σ", "\\ensuremath{\\sigma}"},
    {"×", "\\ensuremath{\\times}"},
    {"÷", "\\ensuremath{\\div}"},
    {"·", "\\ensuremath{\\cdot}"},
    {"±", "\\ensuremath{\\pm}"},
    {"≥", "\\ensuremath{\\geq}"},
    {"≤", "\\ensuremath{\\leq}"},
    {"≠", "\\ensuremath{\\neq}"},
    {"≈", "\\ensuremath{\\approx}"},
    {"∞", "\\ensuremath{\\infty}"},
    {"→", "\\ensuremath{\\rightarrow}"},
    {"←", "\\ensuremath{\\leftarrow}"},
    {"↔", "\\ensuremath{\\leftrightarrow}"},
    {"°", "\\ensuremath{^{\\circ}}"},
    {"¹", "\\ensuremath{^{1}}"},
    {"²", "\\ensuremath{^{2}}"},
    {"³", "\\ensuremath{^{3}}"},
    {"¬", "\\ensuremath{\\neg}"},
    {"½", "\\ensuremath{\\frac{1}{2}}"},
    {"§", "\\S{}"},
    {"¶", "\\P{}"},
    {"©", "\\copyright{}"},
    {"£", "\\pounds{}"},
    {"¡", "!`{}"},
    {"¿", "?`{}"},
};

/* The letters from U+00C0 to U+00FF. */
static const char *const LATIN[64] = {
    "\\`{A}", "\\'{A}", "\\^{A}", "\\~{A}",  "\\\"{A}",  "\\r{A}",   "\\AE{}",   "\\c{C}",
    "\\`{E}", "\\'{E}", "\\^{E}", "\\\"{E}", "\\`{I}",   "\\'{I}",   "\\^{I}",   "\\\"{I}",
    NULL,     "\\~{N}", "\\`{O}", "\\'{O}",  "\\^{O}",   "\\~{O}",   "\\\"{O}",  NULL,
    "\\O{}",  "\\`{U}", "\\'{U}", "\\^{U}",  "\\\"{U}",  "\\'{Y}",   NULL,       "\\ss{}",
    "\\`{a}", "\\'{a}", "\\^{a}", "\\~{a}",  "\\\"{a}",  "\\r{a}",   "\\ae{}",   "\\c{c}",
    "\\`{e}", "\\'{e}", "\\^{e}", "\\\"{e}", "\\`{\\i}", "\\'{\\i}", "\\^{\\i}", "\\\"{\\i}",
    NULL,     "\\~{n}", "\\`{o}", "\\'{o}",  "\\^{o}",   "\\~{o}",   "\\\"{o}",  NULL,
    "\\o{}",  "\\`{u}", "\\'{u}", "\\^{u}",  "\\\"{u}",  "\\'{y}",   NULL,       "\\\"{y}",
};

/* The number of a character of several octets. */
static unsigned long latex_code_point(const char *utf8, size_t length) {
  unsigned long code = (unsigned char)utf8[0] & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; i++)
    code = code << 6 | ((unsigned char)utf8[i] & 0x3fu);
  return code;
}

static const char *latex_sign(const char *words, size_t length) {
  for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++)
    if (strlen(SIGNS[i].utf8) == length && strncmp(SIGNS[i].utf8, words, length) == 0)
      return SIGNS[i].latex;
  if (length != 2)
    return NULL;
  const unsigned long code = latex_code_point(words, length);
  return code >= 0xc0 && code <= 0xff ? LATIN[code - 0xc0] : NULL;
}

/* Adds the character at `words`; returns its octets. Two of - , or ' would be one sign. */
static size_t latex_add_character(struct text *latex, const char *words) {
  const size_t length = text_utf8_length(words);
  if (length == 0) {
    text_add(latex, "?");
    return 1;
  }
  const char *sign = latex_sign(words, length);
  if (text_is_control(words) || *words == '\n' || *words == '\t')
    text_add(latex, " ");
  else if (sign != NULL)
    text_add(latex, "%s", sign);
  else if (length == 1)
    text_add(latex, "%c%s", *words,
             strchr("-',", *words) != NULL && words[1] == *words ? "{}" : "");
  else
    text_add(latex, "\\texttt{U+%04lX}", latex_code_point(words, length));
  return length;
}

void latex_add(struct text *latex, const char *words) {
  if (*words == '[' || *words == '*') /* behind \\ it would begin its argument */
    text_add(latex, "{}");
  while (*words != '\0')
    words += latex_add_character(latex, words);
}

void latex_add_number(struct text *latex, const char *number) {
  while (*number != '\0') {
    if (*number == '-' && (isdigit((unsigned char)number[1]) || number[1] == 'i')) {
      text_add(latex, "\\ensuremath{-}");
      number++;
    } else if (strncmp(number, "inf", 3) == 0) {
      text_add(latex, "\\ensuremath{\\infty}");
      number += 3;
    } else {
      number += latex_add_character(latex, number);
    }
  }
}

void latex_add_comment(struct text *latex, const char *words) {
  text_add(latex, "%% ");
  for (; *words != '\0'; words++)
    text_add(latex, "%c", (unsigned char)*words < ' ' || *words == 0x7f ? ' ' : *words);
  text_add(latex, "\n");
}
