# Bars of what is saved, a panel for each measure. Columns: row, then of each measure share (of 1), low, high, and the share in %, in words.
load LOOK."/style.gp"
set multiplot
set tmargin at screen TOP; set bmargin at screen BOTTOM
set yrange [ROWS_END:ROWS_TOP]; set xrange [X_LOW:X_HIGH]
unset border; unset xtics; unset ytics; unset grid
place(row) = ROW_Y[int(row)+1]
screen_y(y) = TOP-(y-ROWS_TOP)/H
load LOOK."/words.gp"
do for [p=1:PANELS] {
  set lmargin at screen FROM[p]; set rmargin at screen TO[p]
  if (p == 1) {
    do for [r=1:ROWS] {
      set label 1000+r OUTER[r] at screen 0.012, screen screen_y(ROW_Y[r]) left font F7 textcolor rgb INK
      set label 2000+r INNER[r] at screen LEFT-0.02, screen screen_y(ROW_Y[r]) right font F65 textcolor rgb INK
    }
  }
  set label 3 PANEL[p] at screen FROM[p], screen PANEL_Y left font F65 textcolor rgb INK
  set arrow 1 from first 0, screen BOTTOM to first 0, screen TOP nohead linecolor rgb SOFT linewidth 0.6 front
  v = 2+4*(p-1)
  set style fill solid 1 noborder
  plot DATA skip 1 using (0):(place($0)):(column(v) < 0 ? column(v) : 0):(0):(place($0)-0.36*BAR):(place($0)+0.36*BAR) with boxxyerror linecolor rgb FILL[3], \
       "" skip 1 using (0):(place($0)):(0):(column(v) > 0 ? column(v) : 0):(place($0)-0.36*BAR):(place($0)+0.36*BAR) with boxxyerror linecolor rgb FILL[2], \
       "" skip 1 using (column(v+2) > column(v+1)+1e-9 ? column(v) : NaN):(place($0)):(column(v+1)):(column(v+2)) with xerrorbars pointtype -1 linecolor rgb INK linewidth 0.6, \
       "" skip 1 using ((column(v+2) > 0 ? column(v+2) : 0)+NUMBER_GAP):(place($0)):(stringcolumn(v+3)) with labels left font F65 textcolor rgb INK
  unset label; unset arrow
}
unset multiplot
