# What every cell finds: `read` asks the learner, `expect` checks a value, `points` gives a part of a test's points.

# Standard input of a cell is an empty file, so that no program waits for what never comes. `read` alone asks, where it
# would read that file. What stands behind a pipe or `<` is read as ever.
read() {
  local __nexus_prompt= __nexus_secret=0 __nexus_other=0 __nexus_option __nexus_answer OPTIND=1 OPTARG
  [[ /dev/fd/0 -ef $__nexus_empty ]] || __nexus_other=1
  while builtin getopts :a:d:ei:n:N:p:rst:u: __nexus_option; do
    case $__nexus_option in
      p) __nexus_prompt=$OPTARG ;;
      s) __nexus_secret=1 ;;
      u) __nexus_other=1 ;;
    esac
  done
  if [[ $__nexus_other == 1 ]]; then
    builtin read "$@"
    return
  fi
  builtin printf 'ask %s %s\n' "$__nexus_secret" "${__nexus_prompt//$'\n'/ }" >&"$__nexus_told"
  IFS= builtin read -r -u "$__nexus_asked" __nexus_answer
  if [[ $__nexus_answer != answer* ]]; then
    __nexus_helper=read
    return 1
  fi
  builtin read "$@" <<<"${__nexus_answer#answer }"
}

# expect "$(square 3)" 9
expect() {
  __nexus_helper=expect
  [[ $# -eq 2 && $1 == "$2" ]] && __nexus_helper= && return
  # No function of a cell stands before `unset` in POSIX mode.
  POSIXLY_CORRECT=1
  \unset -f builtin
  \unset POSIXLY_CORRECT
  if [[ $# -eq 2 ]]; then
    builtin printf 'unmet expected %s, got %s\n' "${2//$'\n'/\\n}" "${1//$'\n'/\\n}" >&"$__nexus_told"
  else
    builtin printf 'unmet expect takes two values, what there is and what there should be\n' >&"$__nexus_told"
  fi
  return 1
}

# points 1.5
points() {
  builtin printf 'result %s\n' "${1//$'\n'/ }" >&"$__nexus_told"
}
