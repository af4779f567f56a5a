# Draws latency-hops-loss.svg, .png, .pdf and .eps from latency-hops-loss.tsv: gnuplot latency-hops-loss.gp
# One of them alone: gnuplot -e "FORMATS='svg'" latency-hops-loss.gp
if (!exists("FORMATS")) { FORMATS = "svg png pdf eps" }
FORMAT = word(FORMATS, 1)
SELF = exists("ARG0") ? ARG0 : ""
HERE = ""; do for [i=1:strlen(SELF)] { if (SELF[i:i] eq "/") { HERE = SELF[1:i] } }
OUT = HERE."latency-hops-loss"; DATA = OUT.".tsv"
W = 3.5; H = 2.79; GROUPS = 0
PROVENANCE = "coap-eap-sim 4319b89 · code 11efb60e · campaign loss · ns-3 3.37 · seeds 1–300 · 2026-11-28"
COLUMNS = 11; ROWS = 2; TURNED = 0
array X_NAME[11] = ["0", "2", "4", "6", "8", "10", "12", "14", "16", "18", "20"]
array ROW_NAME[2] = ["1", "3"]
LEGEND = 0; LEFT = 0.0816349; RIGHT = 0.96; LABEL_Y = 0.0304659; LABEL_GAP = 0.00714286
TILES = 2
array FROM[2] = [0.0816349, 0.0816349]
array TO[2] = [0.96, 0.96]
array ROW[2] = [1, 2]
array COLUMN[2] = [1, 1]
array LOWEST[2] = [0, 1]
array TOP[2] = [0.770609, 0.514337]
array BOTTOM[2] = [0.582437, 0.326165]
WORDS = 8
array TEXT[8] = ["Time until both ends have confirmed the key, p95", "small: runs in which a message is repeated; all authentications succeed; radio only", "(no computing is modelled)", "hops", "EAP-PSK", "EAP-EDHOC, kid", "frame loss on each link, each direction (%)", "p95 time (ms)"]
array TEXT_X[8] = [0.0114286, 0.0114286, 0.0114286, 0.0114286, 0.0816349, 0.0816349, 0.520817, 0.520817]
array TEXT_Y[8] = [0.964158, 0.917563, 0.870968, 0.797491, 0.797491, 0.541219, 0.256272, 0.0698925]
array TEXT_KIND[8] = [1, 2, 2, 3, 3, 3, 4, 4]
LOG = 1; LOW = 32.947438; HIGH = 3294.565; DIVERGING = 0; SAVING = 0
BAR_LOW = 32.947438; BAR_HIGH = 3294.565; BAR_TOP = 0.193548; BAR_BOTTOM = 0.164875
BAR_LEFT = 0.0816349; BAR_RIGHT = 0.957683
BAR_TICKS = "'50' 50, '100' 100, '200' 200, '500' 500, '1000' 1000, '2000' 2000"
NUMBERS = 7; SMALL = 5.75; LINES = 1
NUMBER_Y = -0.18254; LINE_Y = 0.222222; LINE = 0.365079
SEAM_X = 0.0143123; SEAM_Y = 0.0152381
# Cells of colour over two columns, in panels, with their numbers, and a bar that says which colour is which.
# A panel is a block; its columns: place and row of a cell, x, row, value, low, high, runs, the number in words; then of each share
# below value, low, high, words. Colours are even in CIELAB's lightness: one is darker than another in grey, too.
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
array SEQUENTIAL[9] = [0xe3f0f9, 0xb7d8f0, 0x91c0e3, 0x68a8d6, 0x4c8ec8, 0x3774b3, 0x295c95, 0x1b4678, 0x0d305c]
array AROUND[11] = [0x214f83, 0x346fac, 0x5091c9, 0x7db3dc, 0xb1d4ef, 0xf4f4f4, 0xf4c993, 0xe49f57, 0xcb772d, 0xad5209, 0x7f3a05]
LAST = DIVERGING ? |AROUND| : |SEQUENTIAL|
stop(k) = DIVERGING ? AROUND[SAVING ? LAST+1-k : k] : SEQUENTIAL[k]
scaled(v) = LOG ? log(v) : v
share(v) = (scaled(v)-scaled(LOW))/(scaled(HIGH)-scaled(LOW))
inside(t) = t < 0 ? 0. : t > 1 ? 1. : t
channel(c, k) = int(c/256**k)%256
between(a, b, u, k) = int(channel(a, k)+(channel(b, k)-channel(a, k))*u+0.5)*256**k
mix(a, b, u) = between(a, b, u, 2)+between(a, b, u, 1)+between(a, b, u, 0)
nth(p) = int(p) >= LAST-1 ? LAST-1 : int(p)+1
fill(v) = (p = inside(share(v))*(LAST-1), mix(stop(nth(p)), stop(nth(p)+1), p-nth(p)+1))
linear(c, k) = (s = channel(c, k)/255., s <= 0.04045 ? s/12.92 : ((s+0.055)/1.055)**2.4)
light(c) = 0.2126*linear(c, 2)+0.7152*linear(c, 1)+0.0722*linear(c, 0)
ink(c) = light(c) > 0.179 ? 0x000000 : 0xffffff              # whichever contrasts more: 4.5 to 1 at least
ran(v) = column(8) > 0 ? v : NaN                              # of a cell that was run
colour(c) = !valid(c) || abs(column(c)) > 1e300 ? 0xe6e6e6 : fill(column(c)) # no number, or an infinite one: grey
lacking(k) = k > LINES ? 0 : (strlen(stringcolumn(9+4*k)) == 0)+lacking(k+1)
y(down) = column(2)+down+lacking(1)*LINE/2                   # what is there is in the middle
unset border; unset xtics; unset ytics; unset grid
set xrange [0.5:COLUMNS+0.5]; set yrange [ROWS+0.5:0.5]
set style fill solid 1 noborder
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
W2 = 0.5-SEAM_X; H2 = 0.5-SEAM_Y
do for [tile=1:TILES] {
  set lmargin at screen FROM[tile]; set rmargin at screen TO[tile]
  set tmargin at screen TOP[int(ROW[tile])]; set bmargin at screen BOTTOM[int(ROW[tile])]
  if (LOWEST[tile]) { do for [i=1:COLUMNS] {
    if (TURNED) { set label 1000+i X_NAME[i] at first i, screen BOTTOM[int(ROW[tile])]-LABEL_Y right rotate by 90 font F7 textcolor rgb INK
    } else { set label 1000+i X_NAME[i] at first i, screen BOTTOM[int(ROW[tile])]-LABEL_Y center font F7 textcolor rgb INK }
  } }
  if (COLUMN[tile] == 1) { do for [r=1:ROWS] { set label 2000+r ROW_NAME[r] at screen LEFT-LABEL_GAP, first r right font F7 textcolor rgb INK } }
  plot DATA index tile-1 skip 1 using (ran($1)):2:($1-W2):($1+W2):($2-H2):($2+H2):(colour(5)) with boxxyerror linecolor rgb variable notitle, \
       for [k=-1:1] "" index tile-1 skip 1 using ($8 > 0 ? NaN : $1-W2+(k > 0 ? W2 : 0)):($2+H2-(k < 0 ? H2 : 0)):(k == 0 ? 2*W2 : W2):(k == 0 ? -2*H2 : -H2) with vectors nohead linecolor rgb "#a8a8a8" linewidth 0.4 notitle, \
       for [k=1:(NUMBERS > 0)] "" index tile-1 skip 1 using (ran($1)):(y(NUMBER_Y)):(stringcolumn(9)):(ink(colour(5))) with labels center font pt(NUMBERS) textcolor rgb variable notitle, \
       for [k=1:LINES] "" index tile-1 skip 1 using (ran($1)):(y(LINE_Y+(k-1)*LINE)):(stringcolumn(9+4*k)):(ink(colour(5))) with labels center font pt(SMALL) textcolor rgb variable notitle
  unset label
}
# The bar: each colour goes on below the next, so that there are no seams.
set lmargin at screen BAR_LEFT; set rmargin at screen BAR_RIGHT
set tmargin at screen BAR_TOP; set bmargin at screen BAR_BOTTOM
set xrange [BAR_LOW:BAR_HIGH]; set yrange [0:1]
if (LOG) { set logscale x }
eval "set xtics (".BAR_TICKS.") out nomirror scale 0.45 font F7 offset 0,0.45 textcolor rgb INK"
STEPS = 96.
begin(i) = LOG ? BAR_LOW*(BAR_HIGH/BAR_LOW)**(i/STEPS) : BAR_LOW+(BAR_HIGH-BAR_LOW)*i/STEPS
end(i) = begin(i+2 > STEPS ? STEPS : i+2)
plot sample [i=0:95:1] "+" using (begin(i)):(0.5):(begin(i)):(end(i)):(0):(1):(fill(begin(i+0.5))) with boxxyerror linecolor rgb variable notitle
unset multiplot
set output
FORMATS = FORMATS[strlen(FORMAT)+2:*]
if (strlen(FORMATS) > 0) { load OUT.".gp" } else { undefine FORMATS }
