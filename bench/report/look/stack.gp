# Stacked bars, with the sum (and its interval of 95 %, where it has one) at the end of each. Columns: name, groups (shares of 1, or what they are), total, low, high.
load LOOK."/style.gp"
left(k)  = k == 2 ? 0 : (sum [c=2:k-1] column(c))
right(k) = left(k) + column(k)
set lmargin at screen LEFT; set rmargin at screen RIGHT; set tmargin at screen TOP; set bmargin at screen BOTTOM
set yrange [BAR_BOTTOM:BAR_TOP]; unset ytics; set border 2 front
set xrange [0:X_HIGH]; set xtics scale 0; eval "set xtics (".X_TICKS.")"
set grid noytics xtics
load LOOK."/words.gp"
do for [n=1:NOTES] { set label 400+n NOTE[n] at screen 0.008, screen NOTE_Y[n] left font F65 textcolor rgb SOFT }
do for [b=1:BARS] {
  set label 500+2*b OUTER[b] at screen 0.008, first BAR_Y[b] left font F7 textcolor rgb INK
  set label 501+2*b INNER[b] at screen LEFT-0.012, first BAR_Y[b] right font F65 textcolor rgb (LEVELS == 1 ? INK : SOFT)
}
do for [g=1:GROUPS] {
  set object g rectangle from screen GROUP_X[g], screen GROUP_Y[g]-0.033/H to screen GROUP_X[g]+0.024, screen GROUP_Y[g]+0.033/H fillstyle solid noborder fillcolor rgb fill(g)
  if (hatch(g) > 0) { set object 100+g rectangle from screen GROUP_X[g], screen GROUP_Y[g]-0.033/H to screen GROUP_X[g]+0.024, screen GROUP_Y[g]+0.033/H fillstyle transparent pattern hatch(g) noborder fillcolor rgb hatch_ink(g) }
  set label 300+g GROUP[g] at screen GROUP_X[g]+0.036, screen GROUP_Y[g] left font F7 textcolor rgb INK
}
T = GROUPS + 2                                               # column of the total
place(row) = BAR_Y[int(row)+1]
end(t, high) = (high > t ? high : t) + X_HIGH*0.012
set style fill solid 1 border rgb "white"
HATCHES = GROUPS <= |FILL| ? '' : 'for [k=2+|MANY|:GROUPS+1] "" skip 1 using (left(k)):(place($0)):(left(k)):(right(k)):(place($0)-0.4*BAR):(place($0)+0.4*BAR) with boxxyerror fillstyle transparent pattern hatch(k-1) noborder linecolor rgb hatch_ink(k-1) linewidth 0.3,'
plot for [k=2:GROUPS+1] DATA skip 1 using (left(k)):(place($0)):(left(k)):(right(k)):(place($0)-0.4*BAR):(place($0)+0.4*BAR) \
       with boxxyerror linecolor rgb fill(k-1) linewidth 0.5 dashtype solid, \
     @HATCHES \
     "" skip 1 using (column(T+2) > column(T)*(1+1e-9) ? column(T) : NaN):(place($0)):(column(T+1)):(column(T+2)) with xerrorbars pointtype -1 linecolor rgb INK linewidth 0.6, \
     "" skip 1 using (end(column(T), column(T+2))):(place($0)):(NUMBER[int($0)+1]) with labels left font F65 textcolor rgb INK
