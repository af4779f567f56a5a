# The commands of a document, section by section, as sh that calls `section` and `step` of documents_test.sh.
#
# In Markdown (-v help=0) a command is what begins as one, or with "$ ", in a block that is indented by four or fenced as
# `sh`; and what stands between backticks with arguments. In a --help (-v help=1) it is what begins as one and is indented, behind
# the first paragraph, up to a blank line or one that is indented less. What follows a \, is indented more, or belongs to a
# here-document is of the command before it.
BEGIN {
  count = split("build/coap-eap-sim build/coap-eap-bench build/coap-eap-node build/coap-eap-check build/coap-eap-speed " \
                "coap-eap-sim coap-eap-bench coap-eap-node coap-eap-check coap-eap-speed ./waf-wrapper", program, " ")
  for (i = 1; i <= count; i++)
    begins[program[i]] = 1
  count = split("$ echo cat cp cmake git tshark gnuplot mkfifo sqlite3 parallel nodes/live/tests/flood.sh", tool, " ")
  for (i = 1; i <= count; i++)
    begins[tool[i]] = 1
}

function print_step(text) {
  printf "step <<'END OF STEP'\n%s\nEND OF STEP\n", text
}

function end_command() {
  if (command != "")
    print_step(command)
  command = here = ""
}

function end_block() {
  end_command()
  in_block = 0
}

function begin_here(line) {
  if (match(line, /<<'?[A-Z]+'?/) == 0)
    return
  here = substr(line, RSTART + 2, RLENGTH - 2)
  gsub(/'/, "", here)
}

function take(line) {
  if (command != "" && (here != "" || command ~ /\\$/ || line ~ /^ /)) {
    command = command "\n" line
    if (line == here)
      here = ""
    return
  }
  end_command()
  sub(/^\$ /, "", line)
  command = line
  begin_here(line)
}

# A program of ours with arguments; neither the name of a role alone nor with placeholders, as in `compare A B`.
function is_command(span, word) {
  return split(span, word, " ") > 1 && word[1] in begins && word[1] ~ /coap-eap-|waf-wrapper/ &&
         span !~ / [A-Z]+( |$)/ && span !~ /coap-eap-node [-a-z]+$/
}

# Those between backticks, of a paragraph in one line.
function take_spans(text, span) {
  while (match(text, /`[^`]+`/)) {
    span = substr(text, RSTART + 1, RLENGTH - 2)
    text = substr(text, RSTART + RLENGTH)
    if (is_command(span))
      print_step(span)
  }
}

function end_paragraph() {
  take_spans(paragraph)
  paragraph = ""
}

{ match($0, /^ */); indent = RLENGTH }

!help && /^```/ {
  end_block()
  end_paragraph()
  fenced = !fenced
  in_block = fenced && $0 ~ /^```sh$/
  left = 0
  next
}
fenced { if (in_block) take($0); next }
in_block && here == "" && $0 !~ /^ *$/ && indent < left { end_block() }
!help && /^#/ && !in_block {
  end_paragraph()
  sub(/^#+ /, "")
  gsub(/'/, "")
  printf "section '%s'\n", $0
  next
}
here == "" && /^ *$/ { end_paragraph(); if (help) end_block(); else end_command(); paragraphs++; next }
!in_block && (help ? paragraphs > 0 && indent >= 2 : indent == 4) && ($1 in begins || (!help && $1 ~ /^[a-z]+=/)) {
  in_block = 1
  left = indent
}
in_block { take(substr($0, left + 1)); next }
!help { paragraph = paragraph (paragraph == "" ? "" : " ") $0 }
END { end_block(); end_paragraph() }
