#!/bin/bash
# completion_test.sh BENCH SIMULATOR: what bash offers on command lines, by the script that `completion bash` prints; driven
# as readline does it, words broken at = and all. Names of files are offered so that no shell evaluates them.
set -u
bench=$(realpath "$1") simulator=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p bin scenarios results/loss results/empty 'results/two words' elsewhere/of-mine there/far
cp "$bench" bin/coap-eap-bench
cp "$simulator" bin/coap-eap-sim
touch scenarios/{loss,loss-more,smoke}.yaml scenarios/notes.txt own.yaml specs.jsonl results/loss/campaign.db \
  'results/two words/campaign.db' there/that.yaml there/far/campaign.db 'scenarios/$(touch evaluated).yaml' \
  "scenarios/it's.yaml"
failed=0 count=0

complain() {
  echo "completion_test.sh: $*" >&2
  failed=1
}

bin/coap-eap-bench completion bash >script || complain "completion bash: status $?"
bash -n script || complain "bash does not take the script"
set -f # what is offered is no pattern

# offered WORD...: what is offered for the last of these words, one a line, in a shell of its own.
offered() {
  bash -c 'source ./script
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _coap_eap_bench coap-eap-bench "${!#}" 2>errors
    printf "%s\n" "${COMPREPLY[@]}"' bash bin/coap-eap-bench "$@"
}

# offers WORDS EXPECTED...: exactly these, in any order. What WORDS are is told apart by spaces; a last one may be empty.
offers() {
  local -a words
  IFS=' ' read -r -a words <<<"$1"
  [[ $1 != *' ' ]] || words+=('')
  local line=$1
  shift
  local expected came
  expected=$(printf '%s\n' "$@" | sort)
  came=$(offered "${words[@]}" | sort)
  [ "$came" = "$expected" ] || complain "\"$line\" offers:" $came ", and not:" $expected
  [ ! -s errors ] || complain "\"$line\": $(cat errors)"
  count=$((count + 1))
}

# has WORDS EXPECTED...: these among others; hasnot WORDS NAME...: none of these.
has() {
  local -a words
  IFS=' ' read -r -a words <<<"$1"
  [[ $1 != *' ' ]] || words+=('')
  local line=$1 came name
  shift
  came=$(offered "${words[@]}")
  for name in "$@"; do
    if [ "${name#!}" = "$name" ]; then
      grep -qxF -e "$name" <<<"$came" || complain "\"$line\" does not offer $name but:" $came
    else
      ! grep -qxF -e "${name#!}" <<<"$came" || complain "\"$line\" offers ${name#!}"
    fi
  done
  count=$((count + 1))
}

# Verbs, and options by verb: those that --help has.
verbs=$(bin/coap-eap-bench --help | sed -n 's/^\(usage:\|      \) coap-eap-bench \([a-z]*\) .*/\2/p')
[ -n "$verbs" ] || complain "--help names no verb"
offers ' ' $verbs
offers 'pl' plan
offers 'rep' report
for verb in $verbs; do
  offers "$verb --" $(bin/coap-eap-bench "$verb" --help | sed -n '/^options:/,$s/^  \(-., \|    \)\(--[-a-z]*\).*/\2/p')
done
offers '-' $(bin/coap-eap-bench --help | sed -n '/^options:/,$s/^  \(-., \|    \)\(--[-a-z]*\).*/\2/p')
offers 'show --sl' --slowest
offers 'plan --zzz'

# Scenarios, by name and by path.
offers 'plan lo' loss loss-more
offers 'plan -j 2 --specs loss smo' smoke
offers 'run -j4 smo' smoke
offers 'plan own' own.yaml
offers 'plan there/' there/far/ there/that.yaml
offers 'report --scenarios there th' that there/
offers 'report --scenarios = there tha' that
has 'plan ' loss own.yaml !specs.jsonl !notes.txt '!notes'

# Campaigns: where there is a store.
has 'compare ' results/loss loss/ own.yaml specs.jsonl !results/empty
offers 'compare results/l' results/loss results/loss/
offers 'merge --results'
has 'show lo' loss loss-more loss/ lower_layer= # scenarios, runs of the campaign, keys
offers 'show --slowest l' loss/
offers 'show --results there --median f' far/
offers 'show --results = there --median f' far/

# Keys of specs, and values of choices, as readline breaks the words.
has 'show fr' frame_loss= !hops=
offers 'show frame_lo' frame_loss=
offers 'show association = d' dtls
has 'show association = ' oscore dtls
offers 'show hops = 3 ho' hops=
has "show --simulator there/nosuch " loss !frame_loss=

# Topics and verbs; keys of specs and results.
has 'help ' scenario specs plan show
offers 'help scen' scenario
has 'help specs frame_l' frame_loss
offers 'help results bytes_ud' bytes_udp
offers 'help scenario '
offers 'completion b' bash

# Arguments of options.
has 'show --svg ' own.yaml there/
offers 'show --svg = own' own.yaml
has 'plan --results ' there/ results/ !own.yaml
offers 'plan --jobs '
offers 'run --retry ' crashed hung damaged failed
offers 'run --retry = da' damaged
offers 'init '
offers 'nosuch '

# What is no word is quoted, and nothing is evaluated.
came=$(offered plan '$')
[ "$came" = '\$\(touch\ evaluated\)' ] || complain "a name of signs is offered as $came"
came=$(offered plan 'it')
[ "$came" = "it\\'s" ] || complain "a name with a quote is offered as $came"
came=$(offered compare results/t)
grep -qxF 'results/two\ words' <<<"$came" || complain "a name with a space is offered as $came"
offered plan '$(touch evaluated)' '`touch evaluated`' >/dev/null
offered show '$(touch evaluated)' = '$(touch evaluated)' >/dev/null
offered show --results '$(touch evaluated)' --median '' >/dev/null
set +f
[ -z "$(find . -name evaluated)" ] || complain "a name was evaluated"

# By the key itself, on a terminal.
printf 'source ./script; PATH=$PWD/bin:$PATH; PS1=\ncoap-eap-bench repo\t--scena\tthere tha\t>typed 2>&1\nexit\n' |
  script -qec 'bash --norc --noprofile -i' /dev/null >screen 2>&1
grep -q '^there/that.yaml:1:1: ' typed 2>/dev/null || complain "typed on a terminal: $(cat typed screen)"

[ "$failed" = 0 ] && echo "$count command lines are completed"
exit $failed
