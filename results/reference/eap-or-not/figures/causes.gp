# Draws causes.svg, .png, .pdf and .eps from causes.tsv: gnuplot causes.gp
# One of them alone: gnuplot -e "FORMATS='svg'" causes.gp
if (!exists("FORMATS")) { FORMATS = "svg png pdf eps" }
FORMAT = word(FORMATS, 1)
SELF = exists("ARG0") ? ARG0 : ""
HERE = ""; do for [i=1:strlen(SELF)] { if (SELF[i:i] eq "/") { HERE = SELF[1:i] } }
OUT = HERE."causes"; DATA = OUT.".tsv"
W = 3.5; H = 3.335; GROUPS = 0
PROVENANCE = "coap-eap-sim 4319b89 · code 11efb60e · campaign eap-or-not · ns-3 3.37 · seeds 1–100 · 2026-11-28"
GROUPS = 6
array GROUP[6] = ["peer computes", "authenticator computes", "AAA server computes", "on the air", "turning round", "back-off"]
array GROUP_X[6] = [0.00857143, 0.00857143, 0.00857143, 0.374437, 0.374437, 0.374437]
array GROUP_Y[6] = [0.971514, 0.929535, 0.887556, 0.971514, 0.929535, 0.887556]
BARS = 8; BAR = 0.22; BAR_TOP = 0.775; BAR_BOTTOM = 2.835
array BAR_Y[8] = [0.885, 1.105, 1.425, 1.645, 1.965, 2.185, 2.505, 2.725]
LEVELS = 2
array OUTER[8] = ["CoAP-EAP", "", "EDHOC", "", "EDHOC, message_4", "", "EDHOC, combined request", ""]
array INNER[8] = ["1 hop", "4 hops", "1 hop", "4 hops", "1 hop", "4 hops", "1 hop", "4 hops"]
array NUMBER[8] = ["149", "285", "121", "175", "122", "177", "121", "176"]
NOTES = 0
LEFT = 0.468246; RIGHT = 0.96; TOP = 0.767616; BOTTOM = 0.149925; X_HIGH = 321.28554
X_TICKS = "'0' 0, '100' 100, '200' 200, '300' 300"
LEGEND = 0
WORDS = 2
array TEXT[2] = ["Time of one authentication (ms), AAA server without delay", "mean of the runs that succeed (ms)"]
array TEXT_X[2] = [0.00857143, 0.714123]
array TEXT_Y[2] = [0.803598, 0.0629685]
array TEXT_KIND[2] = [1, 4]
# Stacked bars, with the sum (and its interval of 95 %, where it has one) at the end of each. Columns: name, groups (shares of 1, or what they are), total, low, high.
# Look of every figure, whose script this becomes part of. It sets FORMAT, OUT (path without suffix), PROVENANCE, and W and H in inches.
# One column of a two-column paper is 3.5 in (89 mm) wide. Text 7 pt, small 6.5 pt, as printed.
# Every place is in screen or graph coordinates, and legends are drawn by hand: gnuplot's svg terminal guesses the width of text,
# so character margins and automatic keys come out different (and cropped) from the cairo terminals'.
reset
FONT = "Liberation Sans"                                  # Arial's metrics; Debian package fonts-liberation
if (FORMAT eq "svg") { set terminal svg size int(W*96),int(H*96) dynamic noenhanced font "Liberation Sans, Arial, sans-serif,10.67" linewidth 1.33 background "white" }
LARGER = GROUPS > 7 ? 3. : 1.          # hatches have one size on any page: those of PDF and EPS need a larger one
if (FORMAT eq "pdf") { set terminal pdfcairo size W*LARGER,H*LARGER noenhanced font FONT.",8" fontscale 0.75*LARGER linewidth 1.5*LARGER pointscale 0.72*LARGER background "white" }
if (FORMAT eq "eps") { set terminal epscairo size W*LARGER,H*LARGER noenhanced font FONT.",8" fontscale 0.75*LARGER linewidth 2.7*LARGER pointscale 0.72*LARGER background "white" }
if (FORMAT eq "png") { set terminal pngcairo size int(W*300),int(H*300) noenhanced font FONT.",8" fontscale 3.125 linewidth 3.125 pointscale 3.125 background "white" }
pt(x) = sprintf(",%g", FORMAT eq "svg" ? x*96/72. : x)    # svg counts pixels, cairo counts points
F45 = pt(4.5); F65 = pt(6.5); F7 = pt(7)
set output OUT.".".FORMAT.(exists("PART") ? PART : "")    # PART: while it is being drawn, by one of several at once
set encoding utf8
INK = "#222222"; SOFT = "#666666"; HAIR = "#d8d8d8"
set border 3 back linewidth 0.6 linecolor rgb SOFT
set tics out nomirror scale 0.45 textcolor rgb INK
set xtics font F7 offset 0,0.25; set ytics font F7 offset 0.4,0
set grid ytics back linewidth 0.4 dashtype solid linecolor rgb HAIR
unset key
BAND_FILL(share) = (FORMAT eq "eps" ? "" : "transparent ").sprintf("solid %g", share) # EPS knows no transparency: it would become an image
set datafile separator tab
# Series: hue, lightness (L* 25, 53, 63, 40; 5, 72, 47, 32), mark and dash differ, so that any one of them is enough.
set style line 1 linecolor rgb "#0b3c6f" linewidth 1.1 dashtype 1          pointtype 7  pointsize 0.40
set style line 2 linecolor rgb "#c8650c" linewidth 1.1 dashtype (12,4)     pointtype 5  pointsize 0.38
set style line 3 linecolor rgb "#4f9fd0" linewidth 1.1 dashtype (4,3)      pointtype 9  pointsize 0.48
set style line 4 linecolor rgb "#7a4f9a" linewidth 1.1 dashtype (12,3,3,3) pointtype 13 pointsize 0.50
set style line 5 linecolor rgb "#141414" linewidth 1.1 dashtype (2,2)      pointtype 11 pointsize 0.48
set style line 6 linecolor rgb "#d3a62c" linewidth 1.3 dashtype 1          pointtype 15 pointsize 0.46
set style line 7 linecolor rgb "#1c7d61" linewidth 1.1 dashtype (20,3,2,3,2,3) pointtype 2 pointsize 0.46
set style line 8 linecolor rgb "#8c2f45" linewidth 1.1 dashtype (7,7)      pointtype 1  pointsize 0.52
array OPEN[8] = [6, 4, 8, 12, 10, 14, 2, 1]                # the marks of a second measure
# Stacks: neighbours differ by 20 or more in L*, with a white hairline between them.
array FILL[7] = ["#0b2e59", "#3d7ebf", "#b5d7f0", "#b4560a", "#f6cf9c", "#7d7d7d", "#d9d9d9"]
# More than these: four that differ by 20 or more in L*, plain and then under one hatch after another.
array MANY[4] = ["#0b2e59", "#5fa3d3", "#a34c00", "#f9d9ae"]
array HATCH_INK[4] = ["#ffffff", "#222222", "#ffffff", "#222222"]
array HATCH[5] = [0, 4, 5, 1, 6]                           # gnuplot's patterns; 0 is none
fill(k)      = GROUPS > |FILL| ? MANY[1+(k-1)%|MANY|] : FILL[k]
hatch_ink(k) = HATCH_INK[1+(k-1)%|MANY|]
hatch(k)     = GROUPS > |FILL| ? HATCH[1+(k-1)/|MANY|] : 0
set label 99 PROVENANCE at screen 0.993, screen 0.06/H right font F45 textcolor rgb "#8a8a8a"
left(k)  = k == 2 ? 0 : (sum [c=2:k-1] column(c))
right(k) = left(k) + column(k)
set lmargin at screen LEFT; set rmargin at screen RIGHT; set tmargin at screen TOP; set bmargin at screen BOTTOM
set yrange [BAR_BOTTOM:BAR_TOP]; unset ytics; set border 2 front
set xrange [0:X_HIGH]; set xtics scale 0; eval "set xtics (".X_TICKS.")"
set grid noytics xtics
# Titles, notes and headings, and the legend: every text outside of the axes.
if (LEGEND) { do for [i=1:SERIES] {
  set arrow i from screen NAME_X[i], screen NAME_Y[i] to screen NAME_X[i]+0.06, screen NAME_Y[i] nohead linestyle i
  set label 10+i "" at screen NAME_X[i]+0.03, screen NAME_Y[i] point linestyle i
  set label 30+i NAME[i] at screen NAME_X[i]+0.073, screen NAME_Y[i] left font F7 textcolor rgb INK
} }
do for [i=1:WORDS] {
  if (TEXT_KIND[i] == 4) { set label 200+i TEXT[i] at screen TEXT_X[i], screen TEXT_Y[i] center font F7 textcolor rgb INK }
  if (TEXT_KIND[i] < 4) { set label 200+i TEXT[i] at screen TEXT_X[i], screen TEXT_Y[i] left font (TEXT_KIND[i] == 1 ? F7 : F65) textcolor rgb (TEXT_KIND[i] == 2 ? SOFT : INK) }
}
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
set output
FORMATS = FORMATS[strlen(FORMAT)+2:*]
if (strlen(FORMATS) > 0) { load OUT.".gp" } else { undefine FORMATS }
