#!/bin/sh
# commit_test.sh CMAKE SCRIPT: what SCRIPT (commit.cmake) finds is the commit of the sources, or none.
set -eu
cmake=$1 script=$2
. "$(dirname "$0")/../../tests/suite/skip.sh"
skip_without git
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

repository() {
  git init -q "$1"
  echo "$1" >"$1/file"
  git -C "$1" add file
  git -C "$1" -c user.name=n -c user.email=n@example.org commit -q -m "$1"
}

# expect WHAT ROOT COMMIT: what is found in ROOT.
expect() {
  "$cmake" -DROOT="$2" -DOUTPUT="$work/commit.h" -P "$script"
  found=$(sed -n 's/^#define CODE_COMMIT "\(.*\)"$/\1/p' "$work/commit.h")
  [ "$found" = "$3" ] || {
    echo "$1: found \"$found\", not \"$3\""
    exit 1
  }
}

repository "$work/own"
repository "$work/another one"
own=$(git -C "$work/own" rev-parse --short=7 HEAD)
mkdir "$work/plain" "$work/another one/inside"
ln -s own "$work/link"
expect "sources in a repository" "$work/own" "$own"
touch -d 2000-01-01 "$work/commit.h"
expect "once more" "$work/own" "$own"
[ "$work/commit.h" -ot "$work/own/file" ] || { echo "written without need"; exit 1; }
expect "by a symbolic link" "$work/link" "$own"
expect "sources in no repository" "$work/plain" ""
expect "sources inside of another repository" "$work/another one/inside" ""
export GIT_DIR="$work/another one/.git" GIT_WORK_TREE="$work/another one"
expect "another repository in the environment" "$work/own" "$own"
expect "the same, sources in no repository" "$work/plain" ""
unset GIT_DIR GIT_WORK_TREE
echo changed >"$work/own/file"
expect "changes in no commit" "$work/own" "$own-dirty"
git init -q "$work/empty"
expect "a repository without a commit" "$work/empty" ""
