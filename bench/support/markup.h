/* Text inside of XML and HTML. */
#ifndef BENCH_SUPPORT_MARKUP_H
#define BENCH_SUPPORT_MARKUP_H

#include "text.h"

/* Adds `words` with & < > " ' escaped, good as content and as the value of an attribute; U+FFFD for
 * each control, which XML does not know, and each octet that is no UTF-8. */
void markup_add(struct text *markup, const char *words);

/* Adds a name of a file or folder as a part of a relative link: what is no letter, digit, - _ . or
 * ~ as %XX. */
void markup_add_path(struct text *markup, const char *name);

/* Adds an SVG document as an element of a page: without its prologue, title and description, and
 * with `prefix` before each id in it, so that several do not mix. `label` is read in place of it.
 */
void markup_add_svg(struct text *html, const char *svg, const char *prefix, const char *label);

#endif
