# Draws time.svg, .png, .pdf and .eps from time.tsv: gnuplot time.gp
# One of them alone: gnuplot -e "FORMATS='svg'" time.gp
if (!exists("FORMATS")) { FORMATS = "svg png pdf eps" }
FORMAT = word(FORMATS, 1)
SELF = exists("ARG0") ? ARG0 : ""
HERE = ""; do for [i=1:strlen(SELF)] { if (SELF[i:i] eq "/") { HERE = SELF[1:i] } }
OUT = HERE."time"; DATA = OUT.".tsv"
W = 3.5; H = 2.575; GROUPS = 0
PROVENANCE = "coap-eap-sim 4319b89 · code 11efb60e · campaign aaa-hops · ns-3 3.37 · seeds 1–20 · 2026-11-28"
SERIES = 2; LEGEND = 1
array NAME[2] = ["eap-psk", "eap-edhoc"]
array NAME_X[2] = [0.0114286, 0.233091]
array NAME_Y[2] = [0.963107, 0.963107]
STRIPS = 1; MAIN = 1; SECOND_WHISKERS = 0
array TICKS[1] = ["'0' 0, '200' 200, '400' 400, '600' 600"]
array MARKS[1] = ["'' 0, '' 200, '' 400, '' 600"]
array LOW[1] = [0]
array HIGH[1] = [600]
array LOG[1] = [0]
array WHISKERS[1] = [0]
TILES = 1
array FROM[1] = [0.0863333]
array TO[1] = [0.980849]
array ROW[1] = [1]
array COLUMN[1] = [1]
array LOWEST[1] = [1]
array TOP[1] = [0.776699]
array BOTTOM[1] = [0.194175]
WORDS = 3
array TEXT[3] = ["Time of the first authentication, wires of 20 ms", "mean given success; shaded: interval of 95 %", "AAA proxies between authenticator and AAA server"]
array TEXT_X[3] = [0.0114286, 0.0114286, 0.533591]
array TEXT_Y[3] = [0.87767, 0.827184, 0.0815534]
array TEXT_KIND[3] = [1, 2, 4]
X_LOG = 0; X_ZERO = 0; X_LOW = 0; X_HIGH = 2.024; STEP = 0.032323949; EVERY = 1
X_TICKS = "'0' 0, '1' 1, '2' 2"
X_MARKS = "'' 0, '' 1, '' 2"
# Lines with bands of 95 % over a shared axis, in panels of strips: ratios above, the measure below (one or two).
# Column 1 of the data is x; each measure has three columns: value, low, high. A series is a block, panel by panel.
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
set multiplot
set xrange [X_LOW:X_HIGH]
eval "set style fill ".BAND_FILL(0.22)." noborder"
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
if (X_LOG) { set logscale x }
x(c) = X_LOG && c <= 0 ? X_ZERO : c                          # 0 has a place of its own on a logarithmic axis
beside(c, i, whiskers) = whiskers == 0 ? x(c) : X_LOG ? x(c)*10**(STEP*(i-(SERIES+1)/2.)) : c+STEP*(i-(SERIES+1)/2.)
v(k) = 2 + 3*(k-1)                                           # first column of strip k
bar(c) = column(c+1) > column(c) ? column(c+1)-column(c) : NaN # of an interval, from its low end in column c; yerrorbars would rub out what is below
block(i) = (tile-1)*SERIES+i-1
do for [tile=1:TILES] { do for [k=1:STRIPS] {
  place = (ROW[tile]-1)*STRIPS+k
  set lmargin at screen FROM[tile]; set rmargin at screen TO[tile]
  set tmargin at screen TOP[int(place)]; set bmargin at screen BOTTOM[int(place)]
  unset logscale y
  set yrange [LOW[k]:HIGH[k]]
  if (LOG[k]) { set logscale y }
  eval "set ytics (".(COLUMN[tile] == 1 ? TICKS[k] : MARKS[k]).")"
  eval "set xtics (".(k == STRIPS && LOWEST[tile] ? X_TICKS : X_MARKS).")"
  c = v(k); b = WHISKERS[k]; n = k < STRIPS ? 1 : MAIN; s = n == 2 ? SECOND_WHISKERS : 0
  plot for [i=1:(n == 2 && !s ? SERIES : 0)] DATA index block(i) skip 1 using (x(column(1))):(column(c+4)):(column(c+5)) with filledcurves linestyle i, \
       for [i=1:(b ? 0 : SERIES)] DATA index block(i) skip 1 using (x(column(1))):(column(c+1)):(column(c+2)) with filledcurves linestyle i, \
       for [i=1:(b ? SERIES : 0)] DATA index block(i) skip 1 using (beside(column(1), i, b)):(column(c+1)):(0):(bar(c+1)) with vectors heads size screen 0.006,90 linestyle i dashtype 1 linewidth 0.6, \
       for [i=1:(n == 2 && !s ? SERIES : 0)] DATA index block(i) skip 1 using (x(column(1))):(column(c+3)) with lines linestyle i linewidth 0.6, \
       for [i=1:(n == 2 && s ? SERIES : 0)] DATA index block(i) skip 1 using (beside(column(1), i, s)):(column(c+4)):(0):(bar(c+4)) with vectors heads size screen 0.006,90 linestyle i dashtype 1 linewidth 0.6, \
       for [i=1:(n == 2 && s ? SERIES : 0)] DATA index block(i) skip 1 using (beside(column(1), i, s)):(column(c+3)) with points linestyle i linewidth 0.8 pointtype OPEN[i], \
       for [i=1:SERIES] DATA index block(i) skip 1 using (beside(column(1), i, b)):(column(c)) with linespoints linestyle i pointinterval EVERY
  unset label; unset arrow
} }
unset multiplot
set output
FORMATS = FORMATS[strlen(FORMAT)+2:*]
if (strlen(FORMATS) > 0) { load OUT.".gp" } else { undefine FORMATS }
