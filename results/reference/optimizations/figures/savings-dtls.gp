# Draws savings-dtls.svg, .png, .pdf and .eps from savings-dtls.tsv: gnuplot savings-dtls.gp
# One of them alone: gnuplot -e "FORMATS='svg'" savings-dtls.gp
if (!exists("FORMATS")) { FORMATS = "svg png pdf eps" }
FORMAT = word(FORMATS, 1)
SELF = exists("ARG0") ? ARG0 : ""
HERE = ""; do for [i=1:strlen(SELF)] { if (SELF[i:i] eq "/") { HERE = SELF[1:i] } }
OUT = HERE."savings-dtls"; DATA = OUT.".tsv"
W = 3.5; H = 2.6; GROUPS = 0
PROVENANCE = "coap-eap-sim 4319b89 · code 11efb60e · campaign optimizations · ns-3 3.37 · seeds 1–60 · 2026-11-28"
array OUTER[11] = ["SeqNum", "", "in requests", "", "", "random MID", "", "", "MID + 1", "", ""]
array INNER[11] = ["token 4 B", "no token", "token 4 B", "token 1 B", "no token", "token 4 B", "token 1 B", "no token", "token 4 B", "token 1 B", "no token"]
PANELS = 4; X_LOW = -0.029157667; X_HIGH = 0.070195678; NUMBER_GAP = 0.0055875162
array PANEL[4] = ["UDP payload", "on air", "frames", "energy"]
array FROM[4] = [0.318927, 0.491338, 0.663749, 0.83616]
array TO[4] = [0.471338, 0.643749, 0.81616, 0.988571]
array ROW_Y[11] = [0.655, 0.805, 1.025, 1.175, 1.325, 1.545, 1.695, 1.845, 2.065, 2.215, 2.365]
ROWS = 11; LEVELS = 2; BAR = 0.15; LEFT = 0.318927
ROWS_TOP = 0.58; ROWS_END = 2.44; TOP = 0.776923; BOTTOM = 0.0615385
PANEL_Y = 0.796154; LEGEND = 0
WORDS = 3
array TEXT[3] = ["Saved of Figure 2: EAP-PSK and DTLS, one hop, no loss", "in % of token 1 B, SeqNum (0); whiskers: intervals of 95 %; pale: costs more", "times and energies are radio only (no computing is modelled)"]
array TEXT_X[3] = [0.0114286, 0.0114286, 0.0114286]
array TEXT_Y[3] = [0.961538, 0.911538, 0.861538]
array TEXT_KIND[3] = [1, 2, 2]
# Bars of what is saved, a panel for each measure. Columns: row, then of each measure share (of 1), low, high, and the share in %, in words.
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
set tmargin at screen TOP; set bmargin at screen BOTTOM
set yrange [ROWS_END:ROWS_TOP]; set xrange [X_LOW:X_HIGH]
unset border; unset xtics; unset ytics; unset grid
place(row) = ROW_Y[int(row)+1]
screen_y(y) = TOP-(y-ROWS_TOP)/H
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
set output
FORMATS = FORMATS[strlen(FORMAT)+2:*]
if (strlen(FORMATS) > 0) { load OUT.".gp" } else { undefine FORMATS }
