# Progress over time. A series is two blocks of x and share: its curve, and the outline of its range.
load LOOK."/curves.gp"
do for [tile=1:TILES] {
  eval AXES
  plot for [i=1:(SHADED ? SERIES : 0)] DATA index 2*block(i)+1 skip 1 using 1:2 with filledcurves closed linestyle i, \
       for [i=1:SERIES] DATA index 2*block(i) skip 1 using 1:2 with lines linestyle i
  unset label; unset arrow
}
unset multiplot
