# The frame of curves of shares: axes, title and legend.
load LOOK."/style.gp"
set lmargin at screen LEFT; set rmargin at screen RIGHT; set tmargin at screen TOP; set bmargin at screen BOTTOM
set xrange [X_LOW:X_HIGH]; set yrange [LOW:HIGH]
if (X_LOG) { set logscale x }
eval "set xtics (".X_TICKS.")"
eval "set ytics (".Y_TICKS.")"
eval "set style fill ".BAND_FILL(0.16)." noborder"
do for [i=1:SERIES] {
  set arrow i from screen NAME_X[i], screen NAME_Y[i] to screen NAME_X[i]+0.06, screen NAME_Y[i] nohead linestyle i
  set label 20+i NAME[i] at screen NAME_X[i]+0.073, screen NAME_Y[i] left font F7 textcolor rgb INK
}
set label 1 TITLE at screen 0.012, screen TITLE_Y left font F7 textcolor rgb INK
set label 2 NOTE at screen 0.012, screen NOTE_Y left font F65 textcolor rgb SOFT
set label 3 X_TITLE at screen (LEFT+RIGHT)/2, screen BOTTOM-0.29/H center font F7 textcolor rgb INK
