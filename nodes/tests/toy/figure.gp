# Dots with intervals. Columns: cell, value, low, high.
load LOOK."/style.gp"
set lmargin at screen 0.35; set rmargin at screen 0.97; set tmargin at screen 1-0.2/H; set bmargin at screen 0.3/H
set yrange [ROWS-0.5:-0.5]
set label 1 TITLE at screen 0.012, screen 1-0.1/H left font F7 textcolor rgb INK
plot DATA skip 1 using 2:0:3:4:ytic(1) with xerrorbars linestyle 1
