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
END
}

make_tree tree
tree=$(realpath tree)
mkdir -p elsewhere "other/tree/build/precious"
at="$(realpath elsewhere)"

expect "in its folder" "$tree: run loss" "$(cd tree && ./waf-wrapper run loss 2>log)"
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
