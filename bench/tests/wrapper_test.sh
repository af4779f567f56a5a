#!/bin/sh
# wrapper_test.sh WRAPPER SCENARIOS: waf-wrapper works on its own tree and on the caller's paths, however it is
# called; the tree here builds a program that prints what it is called with.
set -eu
wrapper=$(realpath "$1") scenarios=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "wrapper_test.sh: $*" >&2
  exit 1
}

# expect WHAT EXPECTED CAME
expect() {
  [ "$3" = "$2" ] || fail "$1: expected \"$2\", came \"$3\""
}

make_tree() {
  mkdir -p "$1/scenarios"
  cp "$wrapper" "$1/waf-wrapper"
  : >"$1/scenarios/loss.yaml"
  cat >"$1/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.22)
project(wrapped NONE)
file(WRITE ${CMAKE_BINARY_DIR}/coap-eap-bench "#!/bin/sh\necho \"$(pwd -P): $*\"\n")
file(CHMOD ${CMAKE_BINARY_DIR}/coap-eap-bench PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
add_custom_target(coap-eap-sim)
add_custom_target(coap-eap-bench)
add_custom_target(tests ALL COMMAND ${CMAKE_COMMAND} -E touch tests-are-built)
END
}

make_tree tree
tree=$(realpath tree)
mkdir -p elsewhere "other/tree/build/precious"
at="$(realpath elsewhere)"

expect "in its folder" "$tree: run loss" "$(cd tree && ./waf-wrapper run loss 2>log)"
# The first figures do not wait for what campaigns need not.
[ ! -e tree/build/tests-are-built ] || fail "run has built all"
expect "by its path" "$at: run --scenarios $tree/scenarios --results $tree/results loss mine/one.yaml" \
  "$(cd elsewhere && "$tree/waf-wrapper" run loss mine/one.yaml 2>log)"
expect "with the caller's options last" \
  "$at: run --scenarios $tree/scenarios --results $tree/results loss --results out" \
  "$(cd elsewhere && ../tree/waf-wrapper run loss --results out 2>log)"
ln -s ../tree/waf-wrapper elsewhere/link
expect "by a symbolic link" "$at: run --scenarios $tree/scenarios --results $tree/results loss" \
  "$(cd elsewhere && ./link run loss 2>log)"
# Without a name, those of the headline figures first; with "all", all scenarios that there are but the
# tests' own, each once.
main=$(cd tree && ./waf-wrapper run -j 3 2>log)
expect "the first campaigns" "$tree: run overhead optimizations oscore-vs-dtls loss hops failure platforms" \
  "$(echo "$main" | cut -d ' ' -f 1-9)"
case $main in
  *" -j 3") ;;
  *) fail "options are not handed on behind the campaigns: $main" ;;
esac
all=$(cd tree && ./waf-wrapper run all -j 3 2>log)
expect "all of them" "$(find "$scenarios" -maxdepth 1 -name '*.yaml' | sed 's|.*/||; s|.yaml$||' | grep -vx smoke | sort)" \
  "$(echo "${all#*: run }" | sed 's/ -j 3$//' | tr ' ' '\n' | sort)"
expect "the main ones are the first of all" "${main% -j 3}" "$(echo "$all" | cut -c "1-$((${#main} - 5))")"
for campaign in $(echo "${all#*: run }" | sed 's/ -j 3$//'); do
  (cd tree && ./waf-wrapper help) | grep -qw -- "$campaign" || fail "the help does not name $campaign"
done
expect "by a symbolic link to the folder" "$tree: run loss" \
  "$(ln -s tree linked && cd linked && ./waf-wrapper run loss 2>log)"

CDPATH=$work/other tree/waf-wrapper clean
[ -d other/tree/build/precious ] || fail "with CDPATH, clean removed another folder's build"
[ ! -d tree/build ] || fail "with CDPATH, clean left its own build"

(cd tree && ./waf-wrapper build 2>log)
[ -e tree/build/tests-are-built ] || fail "build has not built all"
cp -a tree copy
(cd copy && ./waf-wrapper build 2>log) || fail "the copy: $(cat copy/log)"
grep -q "made for $tree" copy/log || fail "the copy does not say that its build was made elsewhere: $(cat copy/log)"
expect "a copy with its build folder" "CMAKE_HOME_DIRECTORY:INTERNAL=$(realpath copy)" \
  "$(grep CMAKE_HOME_DIRECTORY copy/build/CMakeCache.txt)"

for name in 'odd [name]' 'a;b'; do
  make_tree "$name"
  status=0
  (cd "$name" && ./waf-wrapper build) >log 2>&1 || status=$?
  [ "$status" = 2 ] && grep -qF "$name" log || fail "$name: $status, $(cat log)"
done
make_tree "it's a tree"
expect "a quote and blanks" "$(realpath "it's a tree"): run loss" "$(cd "it's a tree" && ./waf-wrapper run loss 2>log)"

# On a cluster: what the wrapper hands on, and where options of sbatch go. The Slurm here takes every job, the first is 12.
make_tree slurm
slurm=$(realpath slurm)
mkdir -p slurm/bench slurm/results bin
cp "$(dirname "$wrapper")/bench/slurm.sh" slurm/bench/
cat >>slurm/CMakeLists.txt <<'END'
file(WRITE ${CMAKE_BINARY_DIR}/coap-eap-bench [=[#!/bin/sh
case "$1 $2" in
  "plan --specs") echo '{"id":"loss/0/1","hops":1}' ;;
  "plan --shards") seq -f "%.0f/$3: 40 runs, ${STORED:-0} stored" "$3" ;;
esac
]=])
END
cat >bin/sbatch <<'END'
#!/bin/sh
echo "$*" >>"$SBATCH_LOG"
echo $(($(wc -l <"$SBATCH_LOG") + 11))
END
cat >bin/scontrol <<'END'
#!/bin/sh
echo 'MaxArraySize            = 101'
END
printf '#!/bin/sh\n' >bin/squeue
chmod +x bin/*
SBATCH_LOG=$work/sbatch.log
export SBATCH_LOG

# submit STATUS ARGUMENT...
submit() {
  expected=$1 status=0
  shift
  : >"$SBATCH_LOG"
  (cd slurm && PATH=$work/bin:$PATH bench/slurm.sh build/coap-eap-bench ./waf-wrapper "$@") >log 2>&1 || status=$?
  expect "the status of slurm $*: $(cat log)" "$expected" "$status"
}

# options_of SCRIPT: those that the user gave.
options_of() {
  sed -n 's/^#SBATCH //p' "slurm/results/loss/slurm/$1" | grep -E '^(-p|-A|--(cpus|time|mail))' | tr '\n' '|'
}

: >"$SBATCH_LOG"
(cd elsewhere && PATH=$work/bin:$PATH ../slurm/waf-wrapper slurm loss --tasks 2) 2>log || fail "from elsewhere: $(cat log)"
expect "from elsewhere" "$slurm/build/coap-eap-bench --results $slurm/results --scenarios $slurm/scenarios loss" \
  "$(sed -n 's/^exec \([^ ]*\) run .*" \(--results.*\)/\1 \2/p' slurm/results/loss/slurm/array.sh)"
submit 0 loss --tasks 8 --cpus-per-task 16 -p short --time=2:00:00 --mail-user "a b" -Aproject
expect "the jobs" "--parsable --array=1-8 results/loss/slurm/array.sh
--parsable --dependency=afterany:12 results/loss/slurm/merge.sh" "$(cat "$SBATCH_LOG")"
expect "options of the tasks" '--cpus-per-task 16|-p short|--time=2:00:00|--mail-user "a b"|-Aproject|' "$(options_of array.sh)"
expect "options of the last job" '-p short|--mail-user "a b"|-Aproject|' "$(options_of merge.sh)"
for script in array merge; do
  sh -n "slurm/results/loss/slurm/$script.sh" || fail "$script.sh is no script"
done
export STORED=40
submit 0 loss --tasks 8
unset STORED
expect "the job of what is complete" "--parsable results/loss/slurm/merge.sh" "$(cat "$SBATCH_LOG")"
printf '#!/bin/sh\necho 12 other\n' >bin/squeue
submit 0 loss --tasks 8
printf '#!/bin/sh\necho 12 loss\n' >bin/squeue
submit 2 loss --tasks 8
grep -q 'job 12 of this campaign has not ended' log || fail "it is submitted twice: $(cat log)"
printf '#!/bin/sh\n' >bin/squeue
for wrong in "" "loss" "loss --tasks 0" "loss --tasks x" "loss --tasks 101" "--tasks 8" "--mem 4G loss --tasks 8" \
  "loss hops --tasks 8" "loss --tasks 8 --array 1-3" "loss --tasks 8 -N2" "loss --tasks 8 --wrap=ls" "loss --tasks" \
  "loss --tasks 8 -- x" 'loss --tasks 8 --results a"b'; do
  # shellcheck disable=SC2086
  submit 2 $wrong
  [ ! -s "$SBATCH_LOG" ] || fail "slurm $wrong submits $(cat "$SBATCH_LOG")"
done
submit 2 loss --tasks 8 --results 'a
b'
[ ! -s "$SBATCH_LOG" ] || fail "a folder with a line break is submitted"
status=0
(cd slurm && PATH=$work/none bench/slurm.sh build/coap-eap-bench ./waf-wrapper loss --tasks 8) 2>log || status=$?
expect "the status without Slurm" 2 "$status"
grep -q 'there is no sbatch here.*apt install slurm-wlm' log || fail "it does not say what to install: $(cat log)"
grep -qF 'parallel build/coap-eap-bench run --shard {}/8' log || fail "it names no other way: $(cat log)"

# What is kept as reference of each campaign: a tree whose programs only leave files.
make_tree kept
mkdir -p kept/build kept/bench bin
cat >>kept/CMakeLists.txt <<'END'
file(WRITE ${CMAKE_BINARY_DIR}/coap-eap-bench [=[#!/bin/sh
[ "$1" = run ] || exit 0
shift
for campaign; do
  mkdir -p results/$campaign/tables results/$campaign/figures
  for file in cells.csv provenance.json runs.csv tables/t.txt figures/f.svg figures/f.png figures/f.gp figures/f.tsv; do
    echo $campaign >results/$campaign/$file
  done
done
]=])
END
for program in kept/bench/reference.sh kept/build/coap-eap-sim kept/build/coap-eap-check bin/tshark; do
  printf '#!/bin/sh\n' >"$program"
  chmod +x "$program"
done
(cd kept && PATH=$work/bin:$PATH ./waf-wrapper reference >log 2>&1) || fail "reference: $(cat kept/log)"
expect "what is kept of a campaign" \
  "cells.csv figures/f.gp figures/f.png figures/f.svg figures/f.tsv provenance.json tables/t.txt" \
  "$(cd kept/results/reference/loss && find . -type f | sed 's|^./||' | sort | tr '\n' ' ' | sed 's/ $//')"
