#!/bin/sh
# slurm.sh BENCH WRAPPER SCENARIO --tasks N [OPTION...]: a campaign as two jobs of Slurm. WRAPPER calls it, and is named
# where it is to be called again. Options are --results, --scenarios, --simulator and --repeat, as coap-eap-bench has them,
# and those of sbatch.
#
# The first job is an array of N tasks, of which each runs a shard of the campaign, on the cores of its node, into a store of
# its own. The second waits until all have ended, however they did; it merges the stores, makes the report, and says which
# tasks did not finish. Both are scripts in results/NAME/slurm/, which sbatch takes by hand, too. Shards that are complete
# are not submitted.
#
# Exit status: 0 submitted; 1 not taken by Slurm; 2 bad usage or scenario. With --wait that of the second job.
set -eu

say() {
  printf 'waf-wrapper: slurm: %s\n' "$*" >&2
}

die() {
  say "$*"
  exit 2
}

# Where an option of sbatch goes: who asks, and on which nodes, is said of `both` jobs; `wait` is for the second; all others
# are of the `tasks`.
option_place() {
  case $1 in
    --account | -A | --partition | -p | --qos | -q | --reservation | --wckey) echo both ;;
    --constraint | -C | --exclude | -x | --mail-type | --mail-user) echo both ;;
    --wait | -W) echo wait ;;
    *) echo tasks ;;
  esac
}

# Why an option of sbatch is not taken, or nothing.
option_refusal() {
  case $1 in
    --array | -a) echo "--tasks says how many there are, and what is complete is left out" ;;
    --nodes | -N | --ntasks | -n | --ntasks-per-node)
      echo "a task is one process on one node; --cpus-per-task says how many of its cores it gets"
      ;;
    --job-name | -J | --output | -o | --error | -e | --open-mode) echo "names and logs are those of results/NAME/slurm" ;;
    --chdir | -D | --wrap | --parsable | --test-only | --quiet | -Q)
      echo "each job has a script of its own in results/NAME/slurm: change that, and submit it by hand"
      ;;
    -- | -) echo "behind it there is nothing for sbatch" ;;
    --clusters | -M) echo "submit where sbatch means that cluster" ;;
  esac
}

# A word as the shell reads it.
shell_word() {
  case $1 in
    *[!A-Za-z0-9_./=,:+@%-]* | "") printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

shell_words() {
  between=
  for word in "$@"; do
    printf '%s' "$between"
    shell_word "$word"
    between=' '
  done
}

# A word as sbatch reads it behind #SBATCH.
sbatch_word() {
  case $1 in
    *[\"\\]* | *"
"*) die "sbatch cannot be told what has a quote, a \\ or a line break in it: $1" ;;
    *[!A-Za-z0-9_./=,:+@%-]* | "") printf '"%s"' "$1" ;;
    *) printf '%s' "$1" ;;
  esac
}

# The name of an option, without its value.
option_name() {
  case $1 in
    --*) printf '%s' "${1%%=*}" ;;
    *) printf '%.2s' "$1" ;;
  esac
}

# take_option WORD [VALUE]: a line of #SBATCH for the scripts where it goes.
take_option() {
  option=$(option_name "$1")
  refusal=$(option_refusal "$option")
  [ -z "$refusal" ] || die "$option is not taken: $refusal"
  line="#SBATCH $(sbatch_word "$1")" || exit
  [ $# -eq 1 ] || line="$line $(sbatch_word "$2")" || exit
  case $(option_place "$option") in
    wait) waits=1 ;;
    both) task_options="$task_options$line
" second_options="$second_options$line
" ;;
    *) task_options="$task_options$line
" ;;
  esac
}

# take_own NAME VALUE: an option that is not sbatch's.
take_own() {
  case $1 in
    --results) results=$2 ;;
    --scenarios) scenarios=$2 ;;
    --simulator) simulator=$2 ;;
    --repeat) repeat=$2 ;;
    --tasks) tasks=$2 ;;
  esac
}

# Behind the scenario, a word behind an option of sbatch is its value, unless it is an option, too.
read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --results=* | --scenarios=* | --simulator=* | --repeat=* | --tasks=*) take_own "${1%%=*}" "${1#*=}" && shift ;;
      --results | --scenarios | --simulator | --repeat | --tasks)
        [ $# -ge 2 ] || die "$1 takes a word behind it"
        take_own "$1" "$2"
        shift 2
        ;;
      -*)
        [ -n "$scenario" ] || die "the scenario comes first, and $1 behind it"
        case ${2:--} in
          -*) take_option "$1" && shift ;;
          *) take_option "$1" "$2" && shift 2 ;;
        esac
        ;;
      *)
        [ -z "$scenario" ] || die "one scenario at a time: $scenario, and not \"$1\", too"
        scenario=$1
        shift
        ;;
    esac
  done
  [ -n "$scenario" ] || die "which scenario? ./waf-wrapper slurm SCENARIO --tasks N [sbatch options]"
  case $tasks in
    "") die "in how many tasks? ./waf-wrapper slurm $scenario --tasks N [sbatch options]" ;;
    *[!0-9]* | 0* | ????????*) die "--tasks takes a number from 1 to 9999999, and not \"$tasks\"" ;;
  esac
}

# How programs are called in the scripts.
set_words() {
  report_words="${results:+--results $(shell_word "$results") }${scenarios:+--scenarios $(shell_word "$scenarios") }"
  report_words="$report_words$(shell_word "$scenario")"
  run_words="${simulator:+--simulator $(shell_word "$simulator") }${repeat:+--repeat $(shell_word "$repeat") }$report_words"
  bench_word=$(shell_word "$bench")
}

# bench VERB [OPTION...]: on the scenario.
call_bench() {
  "$bench" "$@" ${results:+--results "$results"} ${scenarios:+--scenarios "$scenarios"} \
    ${simulator:+--simulator "$simulator"} ${repeat:+--repeat "$repeat"} "$scenario"
}

need_slurm() {
  for program in sbatch squeue scontrol; do
    command -v "$program" >/dev/null && continue
    say "there is no $program here: Slurm is called from a login node of a cluster (for one machine: apt install slurm-wlm)"
    say "without Slurm, by GNU parallel, here or with its --sshlogin on machines that see this folder:"
    say "  parallel $bench_word run --shard {}/$tasks -j 1 $run_words ::: \$(seq $tasks)"
    die "  $bench_word merge $report_words && $bench_word report $report_words"
  done
}

# Where the campaign is kept. All mistakes of the scenario are told before that is known.
find_folder() {
  call_bench plan --specs >"$work/specs" || exit
  name=$(sed -n '1s/.*"id":"\([^/]*\)\/.*/\1/p' "$work/specs")
  folder=${results:-results}/$name
  case $name in
    *[\"\\]* | "") die "a campaign of this name cannot be submitted: $name" ;;
  esac
  mkdir -p "$folder/slurm/logs"
  log_folder=$(cd -- "$folder/slurm/logs" && pwd -P | sed 's/%/%%/g')
  sbatch_word "$log_folder" >/dev/null || exit
}

# A store is written by one task at a time: the jobs that were submitted before have ended.
check_ended() {
  [ -f "$folder/slurm/jobs" ] || return 0
  squeue -h -o '%F %j' >"$work/queue" || die "the cluster does not answer to squeue"
  while read -r job; do
    ! grep -qxF -e "$job $name" -e "$job $name-merge" "$work/queue" ||
      die "job $job of this campaign has not ended: squeue -r -j $job shows it, scancel $job ends it"
  done <"$folder/slurm/jobs"
}

# Numbers of tasks are below MaxArraySize.
check_size() {
  most=$(scontrol show config | sed -n 's/^MaxArraySize *= *//p')
  [ -n "$most" ] || die "the cluster does not answer to scontrol show config"
  [ "$tasks" -lt "$most" ] ||
    die "--tasks $tasks: this cluster's arrays have $((most - 1)) tasks at most (its MaxArraySize is $most)"
}

# Numbers, a line each, as sbatch has them: 1-3,7
number_ranges() {
  awk 'function range() { return begin < end ? begin "-" end : end }
       NR > 1 && $1 != end + 1 { ranges = ranges range() ","; begin = $1 }
       NR == 1 { begin = $1 }
       { end = $1 }
       END { if (NR > 0) print ranges range() }'
}

# The tasks that are to be submitted. A merge asks that all shards have noted the same plan; where it is another than the one
# that was merged last, all of them do so, however much of it they have.
find_tasks() {
  call_bench plan --shards "$tasks" >"$work/shards" 2>"$work/errors" || { cat "$work/errors" >&2 && exit 2; }
  plan_sum=$(cksum <"$work/specs" | cut -d ' ' -f 1)
  planned=1
  [ -f "$folder/slurm/merged" ] && [ "$(cat "$folder/slurm/merged")" != "$plan_sum" ] || planned=
  chosen=$(awk -F '[/ ]' -v all="$planned" '$3 > 0 && (all || $5 < $3) { print $1 }' "$work/shards" | number_ranges)
}

print_array() {
  cat <<END_OF_SCRIPT
#!/bin/sh
# The campaign $name in $tasks shards: each task of this job array runs one, on the cores that it has, into a store of its
# own, $folder/shards/TASK-of-$tasks.db. Written by ./waf-wrapper slurm, which submits those that lack runs.
# By hand: sbatch array.sh, or sbatch --array=3,5 array.sh; and when these have ended, sbatch merge.sh.
#SBATCH --job-name=$(sbatch_word "$name")
#SBATCH --array=1-$tasks
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --output=$(sbatch_word "$log_folder/%A-%a.txt")
#SBATCH --open-mode=append
# A task whose node fails, or which makes room for another job, is begun again, and goes on from what it has stored.
#SBATCH --requeue
$task_options
cd -- $(shell_word "$PWD") || exit
# By exec it is this program that gets SIGTERM, of scancel and at the end of --time, and stores what has come. It needs no
# --signal before that: it stores all the time, and loses nothing but the runs that are at work even if it is killed.
exec $bench_word run --shard "\$SLURM_ARRAY_TASK_ID/$tasks" -j "\$SLURM_CPUS_ON_NODE" $run_words
END_OF_SCRIPT
}

print_merge() {
  cat <<END_OF_SCRIPT
#!/bin/sh
# Merges what the tasks of array.sh have stored of the campaign $name, makes the report of it, and says which did not
# finish. Exit status 0: all did, and nothing is amiss in the report. Written by ./waf-wrapper slurm, which submits it to
# begin when all tasks have ended, however they did. By hand, when they have: sbatch merge.sh, or sh merge.sh.
#SBATCH --job-name=$(sbatch_word "$name-merge")
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --output=$(sbatch_word "$log_folder/%j-merge.txt")
$second_options
cd -- $(shell_word "$PWD") || exit
folder=$(shell_word "$folder")

# A line for each shard: "3/$tasks: 40 runs, 12 stored". A task that was lost before it stored anything may have left a store
# that is none yet.
shards=\$($bench_word plan --shards $tasks $run_words 2>/dev/null) || exit
set --
for number in \$(printf '%s\n' "\$shards" | awk -F '[/ ]' '\$5 > 0 { print \$1 }'); do
  set -- "\$@" "\$folder/shards/\$number-of-$tasks.db"
done

# Exit status 1 of merge: runs are missing, and what there is can be reported.
status=0
$bench_word merge --into "\$folder/campaign.db" "\$@" || status=\$?
if [ "\$status" -le 1 ]; then
  echo $plan_sum >"\$folder/slurm/merged"
  $bench_word report $report_words || status=\$?
fi

unfinished=\$(printf '%s\n' "\$shards" | awk -F '[/ ]' '\$5 < \$3')
if [ -n "\$unfinished" ]; then
  echo $(shell_word "$name: these tasks did not finish:")
  printf '%s\n' "\$unfinished" | sed 's/^/  /'
  echo "what they said is in \$folder/slurm/logs; this submits them, and no other, again:"
  echo $(shell_word "  $call")
  status=1
fi
exit "\$status"
END_OF_SCRIPT
}

# note_job ID: for check_ended of the next time.
note_job() {
  echo "$1" >>"$folder/slurm/jobs"
}

submit() {
  array=
  : >"$folder/slurm/jobs"
  if [ -n "$chosen" ]; then
    array=$(sbatch --parsable --array="$chosen" "$folder/slurm/array.sh") || exit 1
    note_job "$array"
  fi
  second=$(sbatch --parsable ${array:+--dependency=afterany:"$array"} "$folder/slurm/merge.sh") || {
    say "the tasks are submitted, and what merges them is not; by hand, when they have ended: sbatch $folder/slurm/merge.sh"
    exit 1
  }
  note_job "$second"
}

tell() {
  jobs=${array:+$array,}$second
  if [ -n "$array" ]; then
    say "$name: job $array runs the shards $chosen of $tasks; behind it, job $second merges and reports"
  else
    say "$name: all $tasks shards are complete; job $second merges and reports"
  fi
  say "to look: squeue -r -j $jobs; to end them: scancel $(echo "$jobs" | tr , ' '); what they say: $folder/slurm/logs"
}

has_ended() {
  case $1 in
    *" JobState=PENDING "* | *" JobState=RUNNING "* | *" JobState=SUSPENDED "*) return 1 ;;
    *" JobState=CONFIGURING "* | *" JobState=COMPLETING "*) return 1 ;;
  esac
}

# Waits for the second job, and ends with its words and its status.
wait_for_second() {
  pause=1
  while job=$(scontrol -o show job "$second") && ! has_ended "$job"; do
    sleep "$pause"
    [ "$pause" -ge 10 ] || pause=$((pause + 1))
  done
  cat "$folder/slurm/logs/$second-merge.txt" || :
  case $job in
    *" JobState=COMPLETED "*) exit 0 ;;
    *) exit 1 ;;
  esac
}

bench=$1 wrapper=$2
shift 2
call="cd $(shell_word "$PWD") && $(shell_word "$wrapper") slurm $(shell_words "$@")"
scenario='' tasks='' results='' scenarios='' simulator='' repeat='' waits='' task_options='' second_options=''
read_arguments "$@"
set_words
need_slurm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find_folder
check_ended
check_size
find_tasks
print_array >"$folder/slurm/array.sh"
print_merge >"$folder/slurm/merge.sh"
submit
tell
[ -z "$waits" ] || wait_for_second
