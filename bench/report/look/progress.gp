# Progress over time. A series is two blocks of x and share: its curve, and the outline of its range.
load LOOK."/curves.gp"
plot for [i=1:SERIES] DATA index 2*i-1 skip 1 using 1:2 with filledcurves closed linestyle i, \
     for [i=1:SERIES] "" index 2*i-2 skip 1 using 1:2 with lines linestyle i
