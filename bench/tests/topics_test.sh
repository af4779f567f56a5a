#!/bin/sh
# topics_test.sh BENCH SIMULATOR SCENARIOS SOURCES: what `help TOPIC` teaches is true. Each example of a scenario is run, with
# few runs, and does what its text says; each command of a topic works; and each key and word that the parser of scenarios
# accepts, as its complaints list them, stands in the topic of its section. SOURCES is bench/scenario.
set -eu
bench=$(realpath "$1") simulator=$(realpath "$2") scenarios=$(realpath "$3") sources=$(realpath "$4")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp -r "$scenarios" scenarios
mkdir help
cp "$bench" coap-eap-bench
cp "$simulator" coap-eap-sim
PATH=$work:$PATH
failed=0 examples=0 commands=0 tables=0

complain() {
  echo "topics_test.sh: $*" >&2
  failed=1
}

# Examples and commands are what is indented by four behind an empty line: file.N.yaml, file.N.sh.
take_examples() {
  awk -v out="help/$1" '
    /^ *$/ { begins = 1; on = 0; next }
    begins && /^    [^ ]/ { on = 1; kind = /^    (coap-eap-|\$ )/ ? "sh" : "yaml"; count++ }
    { begins = 0 }
    on && /^    / { print substr($0, 5) >(out "." count "." kind) }
  ' "help/$1"
}

topics=$(coap-eap-bench help | sed -n 's/^  \([a-z]*\) .*/\1/p')
for topic in $topics; do
  coap-eap-bench help "$topic" >"help/$topic" || complain "help $topic: status $?"
  [ -s "help/$topic" ] || complain "help $topic says nothing"
  ! grep -E '.{111}| $' "help/$topic" || complain "help $topic: lines are too long, or end in spaces"
  case $topic in specs | results) continue ;; esac
  take_examples "$topic"
done

# A verb's help, keys of the simulator, and what there is no help on.
# answers STATUS WORDS ARGUMENT...
answers() {
  expected=$1 words=$2 status=0
  shift 2
  coap-eap-bench help "$@" >said 2>&1 || status=$?
  [ "$status" = "$expected" ] && grep -qF -e "$words" said || complain "help $*: status $status, no \"$words\": $(cat said)"
}
coap-eap-bench help run >said
coap-eap-bench run --help | cmp -s - said || complain "help run is not run --help"
answers 0 'It has an effect with' specs loss_model
answers 0 'Inside: ' results radio_ms
answers 2 'did you mean "frame_loss"?' specs frame_los
answers 2 'did you mean "scenario"? there is on scenario, tables, ' scenaro
answers 2 'did you mean "report"?' reprot
answers 2 'takes one verb or topic' tables bands
answers 2 'there is no simulator at ' specs --simulator nosuch
for topic in specs results; do
  coap-eap-sim --describe | sed -n "/^ \"${topic%s}\": \[/,/^ \]/s/^   \"name\": \"\(.*\)\",/\1/p" >words
  [ "$(wc -l <words)" -gt 50 ] || complain "--describe has only $(wc -l <words) keys of $topic"
  while read -r key; do
    grep -qE "^  $key( |\$)" "help/$topic" || complain "help $topic has no $key"
  done <words
done

for example in help/*.yaml; do
  examples=$((examples + 1))
  cp "$example" scenarios/first.yaml
  coap-eap-bench plan first >printed 2>said || complain "$example: $(cat said)"
  ! grep -q '^warning' said || complain "$example: $(cat said)"
  sed -i 's/^repeat: .*/repeat: 4/' scenarios/first.yaml
  coap-eap-bench run -j 1 first >printed 2>said || complain "$example: $(cat said printed)"
done
rm scenarios/first.yaml
for script in help/*.sh; do
  while IFS= read -r command; do
    commands=$((commands + 1))
    case $command in *" run first") sed -i 's/^repeat: .*/repeat: 4/' scenarios/first.yaml ;; esac
    eval "$command" >said 2>&1 || complain "$command: $(cat said)"
  done <"$script"
done

# accepted TOPIC: a scenario on standard input is refused, and what is accepted in its place stands in the topic.
accepted() {
  cat >scenarios/unknown.yaml
  coap-eap-bench plan unknown >said 2>&1 && complain "this is taken: $(cat scenarios/unknown.yaml)"
  sed -n 's/^ *accepted: //p' said | tr , '\n' | sed 's/^ *//' >words
  [ -s words ] || complain "nothing is accepted: $(cat said)"
  while read -r word; do
    grep -qE "(^|[^a-z_0-9])$word([^a-z_0-9]|\$)" "help/$1" || complain "help $1 does not say what \`$word\` is"
  done <words
  tables=$((tables + 1))
}

accepted scenario <<'END'
zzzzz: 1
END
accepted scenario <<'END'
sweep: {hops: {from: 1, zzzzz: 2}}
END
accepted scenario <<'END'
paired: zzzzz
END
accepted tables <<'END'
tables: [{name: t, zzzzz: 1, columns: [success]}]
END
accepted tables <<'END'
sweep: {hops: [1, 2]}
tables: [{name: t, against: {hops: 1}, columns: [{zzzzz: mean bytes_air}]}]
END
accepted figures <<'END'
figures: [{name: f, title: f, type: zzzzz}]
END
for type in $(cat words); do
  accepted figures <<END
figures: [{name: f, title: f, type: $type, zzzzz: 1}]
END
done
accepted figures <<'END'
figures: [{name: f, title: f, type: stack, of: ledger, by: zzzzz}]
END
accepted figures <<'END'
sweep: {hops: [1, 2]}
figures: [{name: f, title: f, type: bands, x: hops, y: mean bytes_air, against: {hops: 1}, as: zzzzz}]
END
accepted expect <<'END'
expect: [{metric: success, at_least: 1, zzzzz: 1}]
END
accepted expect <<'END'
sweep: {hops: [1, 2]}
expect: [{that: success == 1, zzzzz: 1}]
END
accepted expect <<'END'
sweep: {hops: [1, 2]}
expect: [{metric: mean bytes_air, at_least: 1, against: {hops: 1}, as: zzzzz}]
END
accepted published <<'END'
compare: [{name: c, file: published/record-overhead.csv, column: sequence_05, rows: {}, zzzzz: 1}]
END
accepted published <<'END'
compare: [{name: c, file: published/record-overhead.csv, column: sequence_05, rows: {dtls_1_2: {why: words, zzzzz: 1}}}]
END
accepted derived <<'END'
constants: {dtls_1_2: {file: published/record-overhead.csv, column: sequence_05, zzzzz: 1}}
END
accepted derived <<'END'
constants: {number: {value: 1, why: words, zzzzz: 1}}
END
accepted derived <<'END'
derived: {number: {is: bytes_air, zzzzz: 1}}
END
accepted derived <<'END'
cases: {OSCORE: {association: oscore}}
computed: {'x, computed': {from: OSCORE, note: words, metrics: {bytes_air: bytes_air}, zzzzz: 1}}
END

# Statistics: what a measure that is none is told.
printf 'tables: [{name: t, columns: [zzzzz bytes_air]}]\n' >scenarios/unknown.yaml
coap-eap-bench plan unknown >said 2>&1 || :
for word in median p95 mean min max mean_all median_all p95_all; do
  grep -q "$word" said || complain "a measure that is none is told of no $word: $(cat said)"
  grep -q "$word" help/measures || complain "help measures does not say what $word is"
done

# Each check of keys in the sources has its `accepted` above (that of figures one for each type).
checks=$(cat "$sources"/*.c | grep -cE 'yaml_check_keys(_hinted)?\(')
[ "$checks" = 13 ] || complain "$checks tables of keys are checked in bench/scenario, and not 13: tell this test of the new one"

[ "$examples" -ge 8 ] || complain "only $examples examples"
[ "$commands" -ge 4 ] || complain "only $commands commands"
[ "$failed" = 0 ] && echo "$examples examples, $commands commands and $tables tables of words stand in help as they are"
exit $failed
