# Lines with bands of 95 % over a shared axis: ratios above, the measure below (one or two, the second thin).
# Column 1 of the data is x; each measure has three columns: value, low, high. A series is a block.
load LOOK."/style.gp"
set multiplot
set lmargin at screen LEFT; set rmargin at screen RIGHT
set xrange [X_LOW:X_HIGH]
eval "set style fill ".BAND_FILL(0.22)." noborder"
if (LEGEND) { do for [i=1:SERIES] {
  set arrow i from screen NAME_X[i], screen NAME_Y[i] to screen NAME_X[i]+0.06, screen NAME_Y[i] nohead linestyle i
  set label 10+i "" at screen NAME_X[i]+0.03, screen NAME_Y[i] point linestyle i
  set label 20+i NAME[i] at screen NAME_X[i]+0.073, screen NAME_Y[i] left font F7 textcolor rgb INK
} }
if (X_LOG) { set logscale x }
x(c) = X_LOG && c <= 0 ? X_ZERO : c                          # 0 has a place of its own on a logarithmic axis
v(p) = 2 + 3*(p-1)                                           # first column of panel p
do for [p=1:PANELS] {
  set tmargin at screen TOP[p]; set bmargin at screen BOTTOM[p]
  set yrange [LOW[p]:HIGH[p]]
  if (LOG[p]) { set logscale y } else { unset logscale y }
  eval "set ytics (".TICKS[p].")"
  set label 1 TITLE[p] at screen 0.012, screen TITLE_Y[p] left font F7 textcolor rgb INK
  set label 2 NOTE[p] at screen 0.012, screen TITLE_Y[p]-0.13/H left font F65 textcolor rgb SOFT
  if (p == PANELS) {
    do for [i=1:LINES] { set label 30+i LINE[i] at screen 0.012, screen TITLE_Y[p]-0.13*(i+1)/H left font F65 textcolor rgb SOFT }
  }
  if (p < PANELS) { eval "set xtics (".X_MARKS.")" } else {
    eval "set xtics (".X_TICKS.")"
    set label 3 X_TITLE at screen (LEFT+RIGHT)/2, screen BOTTOM[p]-0.29/H center font F7 textcolor rgb INK
  }
  c = v(p); n = p < PANELS ? 1 : MAIN
  if (n == 2) {
    plot for [i=1:SERIES] DATA index i-1 skip 1 using (x(column(1))):(column(c+4)):(column(c+5)) with filledcurves linestyle i, \
         for [i=1:SERIES] "" index i-1 skip 1 using (x(column(1))):(column(c+1)):(column(c+2)) with filledcurves linestyle i, \
         for [i=1:SERIES] "" index i-1 skip 1 using (x(column(1))):(column(c+3)) with lines linestyle i linewidth 0.6, \
         for [i=1:SERIES] "" index i-1 skip 1 using (x(column(1))):(column(c)) with linespoints linestyle i pointinterval EVERY
  } else {
    plot for [i=1:SERIES] DATA index i-1 skip 1 using (x(column(1))):(column(c+1)):(column(c+2)) with filledcurves linestyle i, \
         for [i=1:SERIES] "" index i-1 skip 1 using (x(column(1))):(column(c)) with linespoints linestyle i pointinterval EVERY
  }
  unset label; unset arrow
}
unset multiplot
