# The frame of curves of shares: title and legend, and the axes of each panel.
load LOOK."/style.gp"
set multiplot
set xrange [X_LOW:X_HIGH]; set yrange [LOW:HIGH]
if (X_LOG) { set logscale x }
eval "set style fill ".BAND_FILL(0.16)." noborder"
load LOOK."/words.gp"
block(i) = (tile-1)*SERIES+i-1
AXES = 'set lmargin at screen FROM[tile]; set rmargin at screen TO[tile]; '.\
       'set tmargin at screen TOP[int(ROW[tile])]; set bmargin at screen BOTTOM[int(ROW[tile])]; '.\
       'eval "set ytics (".(COLUMN[tile] == 1 ? Y_TICKS : Y_MARKS).")"; '.\
       'eval "set xtics (".(LOWEST[tile] ? X_TICKS : X_MARKS).")"'
