# The shell that runs a kernel's cells, one after another. One descriptor names each cell's file. The other tells what came
# of it: `failed STATUS LINE COMMAND` for each command that failed, and `end NUMBER STATUS` at last.
__nexus_functions=$1
__nexus_empty=$2
__nexus_told=$3
__nexus_asked=$4
exec <"$__nexus_empty"
source "$__nexus_functions"
# What a cell calls cannot be another one's invention.
readonly -f read expect points

# A cell may name its functions as it likes, except those that are about to be used here. In POSIX mode no function stands
# before `unset`, and a backslash stands before any alias.
while
  POSIXLY_CORRECT=1
  \unset -f builtin source trap set local __nexus_failed
  \unset POSIXLY_CORRECT
  IFS=' ' builtin read -r -u "$__nexus_asked" __nexus_number __nexus_file
do
  set +o errexit +o nounset +o functrace -o errtrace
  # Arguments: status, line, command. The line is that of this cell, also where a function of an earlier one failed.
  __nexus_failed() {
    local frame line=$2 command=$3
    if [[ ${BASH_SOURCE[1]} != "$__nexus_file" ]]; then
      for frame in "${!BASH_SOURCE[@]}"; do
        [[ $frame -gt 0 && ${BASH_SOURCE[frame]} == "$__nexus_file" ]] || continue
        line=${BASH_LINENO[frame - 1]}
        break
      done
    fi
    # Bash names the command deepest inside, and inside of `expect` that is `return 1`.
    [[ $command == return* && -n $__nexus_helper ]] && command=$__nexus_helper
    __nexus_helper=
    builtin printf 'failed %s %s %s\n' "$1" "$line" "${command//$'\n'/ }" >&"$__nexus_told"
    return "$1"
  }
  __nexus_helper=
  # Ends the cell with the first command that fails outside of a condition, as `set -o errexit` would end the shell.
  # Lines are counted from the first one of a trap.
  trap '__nexus_status=$? __nexus_line=$LINENO __nexus_command=$BASH_COMMAND
    if [[ ${#BASH_SOURCE[@]} -gt 1 ]]; then
      set +o errexit
      __nexus_failed "$__nexus_status" "$__nexus_line" "$__nexus_command"
      return "$__nexus_status"
    fi' ERR
  __nexus_trap=$(trap -p ERR DEBUG)
  # What is interrupted ends, and so does each function around it, also where it stands in a condition.
  trap 'trap "[[ \${#BASH_SOURCE[@]} -gt 1 ]] && return 130" DEBUG
    set -o functrace
    [[ ${#BASH_SOURCE[@]} -gt 1 ]] && return 130' INT
  source "$__nexus_file"
  __nexus_status=$?
  POSIXLY_CORRECT=1
  \unset -f builtin source trap set local __nexus_failed
  \unset POSIXLY_CORRECT
  __nexus_trapped=$(trap -p ERR DEBUG)
  trap - DEBUG RETURN EXIT ERR
  [[ $__nexus_trapped == "$__nexus_trap" ]] || builtin printf 'trapped\n' >&"$__nexus_told"
  builtin printf 'end %s %s\n' "$__nexus_number" "$__nexus_status" >&"$__nexus_told"
done
