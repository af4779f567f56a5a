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
