# Distribution functions, as steps, each share with its interval of 95 %. A series is a block: x, share, low, high.
load LOOK."/curves.gp"
do for [tile=1:TILES] {
  eval AXES
  plot for [i=1:(SHADED ? SERIES : 0)] DATA index block(i) skip 1 using 1:3:4 with filledcurves linestyle i, \
       for [i=1:SERIES] DATA index block(i) skip 1 using 1:2 with lines linestyle i
  unset label; unset arrow
}
unset multiplot
