# Offers what begins as the present word. A name that a shell would not take as it is, is quoted; nothing of what
# is offered is evaluated.
_coap_eap_bench_offer() {
  local name
  for name in "$@"; do
    [[ $name == "$_coap_eap_bench_current"* ]] || continue
    [[ $name =~ ^[-A-Za-z0-9_./=+,:]*$ ]] || printf -v name %q "$name"
    COMPREPLY+=("$name")
  done
}

# Files that begin as the present word, and folders to go on from; of a suffix, if one is given.
_coap_eap_bench_files() {
  local name
  for name in "$_coap_eap_bench_current"*; do
    if [[ -d $name ]]; then
      _coap_eap_bench_offer "$name/"
    elif [[ -e $name && $name == *"$1" ]]; then
      _coap_eap_bench_offer "$name"
    fi
  done
}

# Names of scenarios.
_coap_eap_bench_scenarios() {
  local name
  for name in "$_coap_eap_bench_scenarios_in"/*.yaml; do
    [[ -e $name ]] || continue
    name=${name##*/}
    _coap_eap_bench_offer "${name%.yaml}"
  done
  _coap_eap_bench_files .yaml
}

# Campaigns that have a store: with a slash behind, or before them their folder.
_coap_eap_bench_campaigns() {
  local store name
  for store in "$_coap_eap_bench_results_in"/*/campaign.db; do
    [[ -e $store ]] || continue
    name=${store%/campaign.db}
    if [[ $1 == runs ]]; then
      _coap_eap_bench_offer "${name##*/}/"
    else
      _coap_eap_bench_offer "$name"
    fi
  done
}

# Keys of the simulator: those of specs with = behind, or behind a key its values; keys alone of specs or results.
_coap_eap_bench_keys() {
  local -a keys
  local -a option=()
  [[ -z $_coap_eap_bench_simulator ]] || option=(--simulator "$_coap_eap_bench_simulator")
  mapfile -t keys < <("$_coap_eap_bench_program" completion "${1/specs/keys}" "${option[@]}" 2>/dev/null)
  if [[ $_coap_eap_bench_current != *=* ]]; then
    mapfile -t keys < <(printf '%s\n' "${keys[@]%%=*}" | sort -u)
    [[ $1 != keys || -z ${keys-} ]] || keys=("${keys[@]/%/=}")
  fi
  _coap_eap_bench_offer "${keys[@]}"
}

# What words of a kind may be, or arguments of an option.
_coap_eap_bench_kind() {
  case $1 in
    scenarios) _coap_eap_bench_scenarios ;;
    stores) _coap_eap_bench_campaigns stores ;;
    runs | CELL) _coap_eap_bench_campaigns runs ;;
    files | FILE | PATH | STORE) _coap_eap_bench_files '' ;;
    DIR) _coap_eap_bench_files / ;;
    keys) _coap_eap_bench_keys keys ;;
    topics)
      case ${_coap_eap_bench_before[2]-} in
        '') _coap_eap_bench_offer "${_coap_eap_bench_topics[@]}" "${!_coap_eap_bench_words[@]}" ;;
        specs | results) _coap_eap_bench_keys "${_coap_eap_bench_before[2]}" ;;
      esac
      ;;
    *\|*)
      local -a choices
      IFS='|' read -r -a choices <<<"$1"
      _coap_eap_bench_offer "${choices[@]}"
      ;;
  esac
}

# Words with their = joined again, at which readline breaks them; words that are no options, and what folders and
# simulator are.
_coap_eap_bench_read() {
  local -a words=()
  local i word name joined=
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]-}
    if ((${#words[@]} > 1)) && { [[ $word == =* ]] || [[ -n $joined ]]; }; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == = ]] && joined=1 || joined=
  done
  _coap_eap_bench_current=${words[-1]}
  _coap_eap_bench_before=()
  _coap_eap_bench_option=
  for ((i = 0; i + 1 < ${#words[@]}; i++)); do
    word=${words[i]} name=${words[i]%%=*}
    _coap_eap_bench_option=
    if [[ $word != -* ]]; then
      _coap_eap_bench_before+=("$word")
      continue
    fi
    [[ -n ${_coap_eap_bench_arguments[$name]-} ]] || continue
    if [[ $word == *=* ]]; then
      word=${word#*=}
    elif ((i + 2 < ${#words[@]})); then
      word=${words[++i]}
    else
      _coap_eap_bench_option=$name
      return
    fi
    case $name in
      --results) _coap_eap_bench_results_in=${word/#\~\//$HOME/} ;;
      --scenarios) _coap_eap_bench_scenarios_in=${word/#\~\//$HOME/} ;;
      --simulator) _coap_eap_bench_simulator=${word/#\~\//$HOME/} ;;
    esac
  done
}

_coap_eap_bench() {
  local _coap_eap_bench_current _coap_eap_bench_option _coap_eap_bench_results_in=results
  local _coap_eap_bench_scenarios_in=scenarios _coap_eap_bench_simulator=
  local _coap_eap_bench_program=${COMP_WORDS[0]/#\~\//$HOME/}
  local -a _coap_eap_bench_before options
  local verb kind cut
  COMPREPLY=()
  _coap_eap_bench_read
  verb=${_coap_eap_bench_before[1]-}
  if [[ -n $_coap_eap_bench_option ]]; then
    _coap_eap_bench_kind "${_coap_eap_bench_arguments[$_coap_eap_bench_option]}"
  elif [[ $_coap_eap_bench_current == --*=* ]]; then
    kind=${_coap_eap_bench_arguments[${_coap_eap_bench_current%%=*}]-}
    cut=${_coap_eap_bench_current%%=*}=
    _coap_eap_bench_current=${_coap_eap_bench_current#*=}
    _coap_eap_bench_kind "$kind"
    COMPREPLY=("${COMPREPLY[@]/#/$cut}")
    _coap_eap_bench_current=$cut
  elif [[ $_coap_eap_bench_current == -* ]]; then
    read -r -a options <<<"${_coap_eap_bench_options[${verb:-all}]-}"
    _coap_eap_bench_offer "${options[@]}"
  elif [[ -z $verb ]]; then
    _coap_eap_bench_offer "${!_coap_eap_bench_words[@]}"
  else
    for kind in ${_coap_eap_bench_words[$verb]-}; do
      _coap_eap_bench_kind "$kind"
    done
  fi
  # Readline replaces what stands behind the last = alone.
  if [[ $COMP_WORDBREAKS == *=* && $_coap_eap_bench_current == *=* ]]; then
    cut=${_coap_eap_bench_current%"${_coap_eap_bench_current##*=}"}
    COMPREPLY=("${COMPREPLY[@]#"$cut"}")
  fi
  # Behind these more follows.
  [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[=/] ]] || compopt -o nospace 2>/dev/null
}
complete -F _coap_eap_bench coap-eap-bench
