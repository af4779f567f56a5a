# Draws saves.svg, .png, .pdf and .eps from saves.tsv: gnuplot saves.gp
# One of them alone: gnuplot -e "FORMATS='svg'" saves.gp
if (!exists("FORMATS")) { FORMATS = "svg png pdf eps" }
FORMAT = word(FORMATS, 1)
SELF = exists("ARG0") ? ARG0 : ""
HERE = ""; do for [i=1:strlen(SELF)] { if (SELF[i:i] eq "/") { HERE = SELF[1:i] } }
OUT = HERE."saves"; DATA = OUT.".tsv"
W = 3.5; H = 3.075; GROUPS = 0
PROVENANCE = "coap-eap-sim 4319b89 · code 11efb60e · campaign restart · ns-3 3.37 · seeds 1–6 · 2026-11-28"
SERIES = 4; LEGEND = 1; SHADED = 1
array NAME[4] = ["draft", "trigger after 30 s", "ACK_TIMEOUT 8 s", "both"]
array NAME_X[4] = [0.0114286, 0.189869, 0.514976, 0.0114286]
array NAME_Y[4] = [0.969106, 0.969106, 0.969106, 0.920325]
TILES = 1
array FROM[1] = [0.0863333]
array TO[1] = [0.954599]
array ROW[1] = [1]
array COLUMN[1] = [1]
array LOWEST[1] = [1]
array TOP[1] = [0.731707]
array BOTTOM[1] = [0.162602]
WORDS = 4
array TEXT[4] = ["1000 devices start within 10 s; joined (%)", "medians; in brackets: the share in the end; shaded: quickest to slowest run", "radio only (no computing is modelled)", "time since the power is back"]
array TEXT_X[4] = [0.0114286, 0.0114286, 0.0114286, 0.520466]
array TEXT_Y[4] = [0.84878, 0.806504, 0.764228, 0.0682927]
array TEXT_KIND[4] = [1, 2, 2, 4]
X_LOW = 0; X_HIGH = 221143.93; X_LOG = 0
LOW = 0; HIGH = 1
X_TICKS = "'0' 0, '50 s' 50000, '100 s' 100000, '150 s' 150000, '200 s' 200000"
X_MARKS = "'' 0, '' 50000, '' 100000, '' 150000, '' 200000"
Y_TICKS = "'0' 0, '20' 0.2, '40' 0.4, '60' 0.6, '80' 0.8, '100' 1"
Y_MARKS = "'' 0, '' 0.2, '' 0.4, '' 0.6, '' 0.8, '' 1"
# Progress over time. A series is two blocks of x and share: its curve, and the outline of its range.
# The frame of curves of shares: title and legend, and the axes of each panel.
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
set xrange [X_LOW:X_HIGH]; set yrange [LOW:HIGH]
if (X_LOG) { set logscale x }
eval "set style fill ".BAND_FILL(0.16)." noborder"
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
block(i) = (tile-1)*SERIES+i-1
AXES = 'set lmargin at screen FROM[tile]; set rmargin at screen TO[tile]; '.\
       'set tmargin at screen TOP[int(ROW[tile])]; set bmargin at screen BOTTOM[int(ROW[tile])]; '.\
       'eval "set ytics (".(COLUMN[tile] == 1 ? Y_TICKS : Y_MARKS).")"; '.\
       'eval "set xtics (".(LOWEST[tile] ? X_TICKS : X_MARKS).")"'
do for [tile=1:TILES] {
  eval AXES
  plot for [i=1:(SHADED ? SERIES : 0)] DATA index 2*block(i)+1 skip 1 using 1:2 with filledcurves closed linestyle i, \
       for [i=1:SERIES] DATA index 2*block(i) skip 1 using 1:2 with lines linestyle i
  unset label; unset arrow
}
unset multiplot
set output
FORMATS = FORMATS[strlen(FORMAT)+2:*]
if (strlen(FORMATS) > 0) { load OUT.".gp" } else { undefine FORMATS }
