/**
 * Each script passes the typed words to the program, by the name that was typed, and shows the lines of its output. The
 * completions are in one place, so a new command needs no new script.
 */
const BASH = `_nestjs_trace_collector() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [ "\${#COMPREPLY[@]}" -eq 0 ] && compopt -o default 2>/dev/null
}
complete -F _nestjs_trace_collector nestjs-trace-collector get-trace
`;

const ZSH = `#compdef nestjs-trace-collector get-trace
_nestjs_trace_collector() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[*]}" ]]; then compadd -Q -a found; else _files; fi
}
if [ "\${funcstack[1]}" = "_nestjs_trace_collector" ]; then
  _nestjs_trace_collector "$@"
else
  compdef _nestjs_trace_collector nestjs-trace-collector get-trace
fi
`;

const FISH = `function __nestjs_trace_collector_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
for name in nestjs-trace-collector get-trace
    complete -c $name -f -a '(__nestjs_trace_collector_complete)'
end
`;

export const SHELLS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
