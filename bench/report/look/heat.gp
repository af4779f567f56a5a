# Cells of colour over two columns, in panels, with their numbers, and a bar that says which colour is which.
# A panel is a block; its columns: place and row of a cell, x, row, value, low, high, runs, the number in words; then of each share
# below value, low, high, words. Colours are even in CIELAB's lightness: one is darker than another in grey, too.
load LOOK."/style.gp"
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
load LOOK."/words.gp"
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
