# Lines with bands of 95 % over a shared axis, in panels of strips: ratios above, the measure below (one or two).
# Column 1 of the data is x; each measure has three columns: value, low, high. A series is a block, panel by panel.
load LOOK."/style.gp"
set multiplot
set xrange [X_LOW:X_HIGH]
eval "set style fill ".BAND_FILL(0.22)." noborder"
load LOOK."/words.gp"
if (X_LOG) { set logscale x }
x(c) = X_LOG && c <= 0 ? X_ZERO : c                          # 0 has a place of its own on a logarithmic axis
beside(c, i, whiskers) = whiskers == 0 ? x(c) : X_LOG ? x(c)*10**(STEP*(i-(SERIES+1)/2.)) : c+STEP*(i-(SERIES+1)/2.)
v(k) = 2 + 3*(k-1)                                           # first column of strip k
bar(c) = column(c+1) > column(c) ? column(c+1)-column(c) : NaN # of an interval, from its low end in column c; yerrorbars would rub out what is below
block(i) = (tile-1)*SERIES+i-1
do for [tile=1:TILES] { do for [k=1:STRIPS] {
  place = (ROW[tile]-1)*STRIPS+k
  set lmargin at screen FROM[tile]; set rmargin at screen TO[tile]
  set tmargin at screen TOP[int(place)]; set bmargin at screen BOTTOM[int(place)]
  unset logscale y
  set yrange [LOW[k]:HIGH[k]]
  if (LOG[k]) { set logscale y }
  eval "set ytics (".(COLUMN[tile] == 1 ? TICKS[k] : MARKS[k]).")"
  eval "set xtics (".(k == STRIPS && LOWEST[tile] ? X_TICKS : X_MARKS).")"
  c = v(k); b = WHISKERS[k]; n = k < STRIPS ? 1 : MAIN; s = n == 2 ? SECOND_WHISKERS : 0
  plot for [i=1:(n == 2 && !s ? SERIES : 0)] DATA index block(i) skip 1 using (x(column(1))):(column(c+4)):(column(c+5)) with filledcurves linestyle i, \
       for [i=1:(b ? 0 : SERIES)] DATA index block(i) skip 1 using (x(column(1))):(column(c+1)):(column(c+2)) with filledcurves linestyle i, \
       for [i=1:(b ? SERIES : 0)] DATA index block(i) skip 1 using (beside(column(1), i, b)):(column(c+1)):(0):(bar(c+1)) with vectors heads size screen 0.006,90 linestyle i dashtype 1 linewidth 0.6, \
       for [i=1:(n == 2 && !s ? SERIES : 0)] DATA index block(i) skip 1 using (x(column(1))):(column(c+3)) with lines linestyle i linewidth 0.6, \
       for [i=1:(n == 2 && s ? SERIES : 0)] DATA index block(i) skip 1 using (beside(column(1), i, s)):(column(c+4)):(0):(bar(c+4)) with vectors heads size screen 0.006,90 linestyle i dashtype 1 linewidth 0.6, \
       for [i=1:(n == 2 && s ? SERIES : 0)] DATA index block(i) skip 1 using (beside(column(1), i, s)):(column(c+3)) with points linestyle i linewidth 0.8 pointtype OPEN[i], \
       for [i=1:SERIES] DATA index block(i) skip 1 using (beside(column(1), i, b)):(column(c)) with linespoints linestyle i pointinterval EVERY
  unset label; unset arrow
} }
unset multiplot
