# Distribution functions, as steps, each share with its interval of 95 %. A series is a block: x, share, low, high.
load LOOK."/curves.gp"
plot for [i=1:SERIES] DATA index i-1 skip 1 using 1:3:4 with filledcurves linestyle i, \
     for [i=1:SERIES] "" index i-1 skip 1 using 1:2 with lines linestyle i
