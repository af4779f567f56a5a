/* Text in an SVG document. */
#include "svg.h"
#include "support/layout.h"
#include "support/markup.h"

#include <stdlib.h>

void svg_add_text(struct text *svg, double x, double y, double points, const char *anchor,
                  const char *fill, const char *words) {
  text_add(svg, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.2f\" text-anchor=\"%s\" fill=\"%s\">", x,
           y, points * SVG_PX_PER_IN / 72, anchor, fill);
  markup_add(svg, words);
  text_add(svg, "</text>\n");
}

void svg_add_fitted(struct text *svg, double x, double y, double points, const char *anchor,
                    const char *fill, const char *words, double room) {
  char *fitted = layout_text_fit(words, points, room / SVG_PX_PER_IN);
  svg_add_text(svg, x, y, points, anchor, fill, fitted);
  free(fitted);
}
