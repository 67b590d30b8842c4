/**
 * Each script passes the typed words to `get-trace __complete` and shows the lines of its output. The completions are in
 * one place, so a new command needs no new script.
 */
const BASH = `_get_trace() {
  local IFS=$'\\n'
  COMPREPLY=($(get-trace __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [ "\${#COMPREPLY[@]}" -eq 0 ] && compopt -o default 2>/dev/null
}
complete -F _get_trace get-trace
`;

const ZSH = `#compdef get-trace
_get_trace() {
  local -a found
  found=("\${(@f)$(get-trace __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[*]}" ]]; then compadd -Q -a found; else _files; fi
}
if [ "\${funcstack[1]}" = "_get_trace" ]; then _get_trace "$@"; else compdef _get_trace get-trace; fi
`;

const FISH = `function __get_trace_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (get-trace __complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c get-trace -f -a '(__get_trace_complete)'
`;

export const SHELLS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
